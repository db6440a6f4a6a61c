/** [numbers, width], row-major: in each row a 1 at the number's place, among zeros. */
export function oneHot(numbers: Int32Array, width: number): Float32Array {
  const values = new Float32Array(numbers.length * width);
  for (const [row, number] of numbers.entries()) values[row * width + number] = 1;
  return values;
}
