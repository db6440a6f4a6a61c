/**
 * The one door to TensorFlow.js. The native package registers its backend with this same copy of
 * `@tensorflow/tfjs`; a second copy of its engine would know neither that backend nor our variables.
 */
export * from '@tensorflow/tfjs';
