// Logistic regression by Newton's method with a small ridge: the same rows give the same weights.

/** One observation: features, the first of them 1, and whether it is what is asked for. */
export interface Row {
  readonly features: ArrayLike<number>;
  readonly label: boolean;
}

const ROUNDS = 25;
/** Keeps features that hardly occur from running away. */
const RIDGE = 4;

function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** Solves a symmetric positive definite system by Cholesky decomposition; `a` is overwritten. */
function solve(a: readonly Float64Array[], b: Float64Array): Float64Array {
  const n = b.length;
  const at = (row: number, column: number): number => a[row]?.[column] ?? 0;
  for (let j = 0; j < n; j += 1) {
    for (let i = j; i < n; i += 1) {
      let sum = at(i, j);
      for (let k = 0; k < j; k += 1) sum -= at(i, k) * at(j, k);
      const row = a[i];
      if (row !== undefined) row[j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < i; k += 1) x[i] = (x[i] ?? 0) - at(i, k) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / at(i, i);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let k = i + 1; k < n; k += 1) x[i] = (x[i] ?? 0) - at(k, i) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / at(i, i);
  }
  return x;
}

/** Log odds of a row. */
export function logOdds(weights: ArrayLike<number>, features: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i += 1) sum += (weights[i] ?? 0) * (features[i] ?? 0);
  return sum;
}

/** The weights of greatest likelihood, less the ridge on all but the constant. */
export function fit(rows: readonly Row[], size: number): Float64Array {
  const weights = new Float64Array(size);
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = weights.map((weight, i) => (i === 0 ? 0 : -RIDGE * weight));
    const curvature = Array.from({ length: size }, (_, i) => {
      const row = new Float64Array(size);
      row[i] = i === 0 ? 1e-6 : RIDGE;
      return row;
    });
    for (const { features, label } of rows) {
      const p = sigmoid(logOdds(weights, features));
      const error = (label ? 1 : 0) - p;
      const spread = p * (1 - p);
      for (let i = 0; i < size; i += 1) {
        const value = features[i] ?? 0;
        if (value === 0) continue;
        gradient[i] = (gradient[i] ?? 0) + error * value;
        const row = curvature[i];
        if (row === undefined) continue;
        for (let k = 0; k <= i; k += 1)
          row[k] = (row[k] ?? 0) + spread * value * (features[k] ?? 0);
      }
    }
    const step = solve(curvature, gradient);
    for (let i = 0; i < size; i += 1) weights[i] = (weights[i] ?? 0) + (step[i] ?? 0);
    if (step.every((each) => Math.abs(each) < 1e-6)) break;
  }
  return weights;
}
