import { onDigits, testLaw } from './support.js';

testLaw('dcgan-resolution', {
  // 28 is halved once to 14 and once to 7; without `resize` the file decides.
  keeps: [onDigits({ resize: 32 }), onDigits({ resize: 28 }), onDigits({ resize: 8 }), onDigits({})],
  breaks: [
    [onDigits({ resize: 27 }), '27'],
    [onDigits({ resize: 6 }), '6'],
    [{ architectures: { critic: { type: 'dcgan_critic', ndf: 16 } } }, 'critic'],
  ],
});
