"""Writes the .npy fixtures of test/base/npy.test.ts with numpy itself.

    pip install numpy
    python scripts/referees/make_npy.py test/fixtures/npy
"""

import sys
from pathlib import Path

import numpy as np

folder = Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)

np.save(folder / "float32_2x3.npy", np.array([[0.5, -1.25, 3e38], [np.inf, np.nan, 1e-45]], dtype="<f4"))
np.save(folder / "float64_vector.npy", np.array([1 / 3, -0.0, 1e308], dtype="<f8"))
np.save(folder / "int32_scalar.npy", np.array(-7, dtype="<i4"))
np.save(folder / "uint8_images.npy", np.arange(2 * 3 * 4 * 1, dtype="u1").reshape(2, 3, 4, 1))
np.save(folder / "empty.npy", np.zeros((0, 2), dtype="<f4"))
np.save(folder / "fortran.npy", np.asfortranarray(np.arange(6, dtype="<f4").reshape(2, 3)))
np.save(folder / "int64.npy", np.arange(3, dtype="<i8"))
