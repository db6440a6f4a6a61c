import { testLaw } from './support.js';

testLaw('grid-modes', {
  keeps: [
    { datasets: { ring: { layout: 'grid', modes: 25 } } },
    { datasets: { ring: { layout: 'grid', modes: 1 } } },
  ],
  breaks: [[{ datasets: { ring: { layout: 'grid', modes: 24 } } }, '24']],
});
