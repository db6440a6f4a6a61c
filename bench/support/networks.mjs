// What trainings that are compared have in common.

/** Four layers of 128 units between points. */
export const mlp = { shape: [2], z_dim: 2, samples: 50_000, hidden: [128, 128, 128, 128], batch: 64 };

/** The reference code's networks. @param {number} side of the images, in pixels */
export const dcgan = (side) => ({
  ...{ shape: [side, side, 3], z_dim: 100, samples: 1_000, features: 64, batch: 64 },
});
