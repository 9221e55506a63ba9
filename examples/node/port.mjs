// Chapter 4 in plain JavaScript: a port for Trueport, without a single package.
//
//   trueport cases --export cases        the inputs, as files
//   node port.mjs cases                  reads them, writes cases/outputs/
//   trueport check cases                 the verdict
//
// An array is a number, a list of numbers, or a list of such lists (rows). The names are the
// chapter's. Only what stands in `components` at the end is offered; the rest counts as not offered.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

// --- arrays ------------------------------------------------------------------------------------

const isArray = Array.isArray;
const zip = (f, a, b) => a.map((value, i) => f(value, b[i]));
const sum = (row) => row.reduce((total, value) => total + value, 0);
const transpose = (A) => A[0].map((_, j) => A.map((row) => row[j]));
const columnSums = (A) => transpose(A).map(sum);
const map = (f, x) => (isArray(x) ? x.map((value) => map(f, value)) : f(x)); // entry by entry
const copy = (x) => map((value) => value, x);
const argmax = (row) => row.indexOf(Math.max(...row));

function dot(A, B) {
  const columns = transpose(B);
  return A.map((row) => columns.map((column) => sum(zip((a, b) => a * b, row, column))));
}

// --- chapter 3: activations --------------------------------------------------------------------

const sigmoid = (x) => map((v) => 1 / (1 + Math.exp(-v)), x);

function softmax(x) {
  if (isArray(x[0])) return x.map(softmax); // a batch: row by row
  const c = Math.max(...x); // against overflow
  const expX = x.map((v) => Math.exp(v - c));
  const sumExpX = sum(expX);
  return expX.map((v) => v / sumExpX);
}

// --- 4.2: losses -------------------------------------------------------------------------------

const oneHot = (label, classes) => Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0));

function sumSquaresError(y, t) {
  return 0.5 * sum(zip((a, b) => (a - b) ** 2, [y].flat(Infinity), [t].flat(Infinity)));
}

function crossEntropyError(y, t) {
  if (!isArray(y[0])) [y, t] = [[y], [t]]; // one sample: a batch of one
  if (!isArray(t[0])) t = t.map((label) => oneHot(label, y[0].length));
  const delta = 1e-7; // keeps the log away from log(0) = -Infinity
  const terms = zip((yRow, tRow) => sum(zip((p, q) => q * Math.log(p + delta), yRow, tRow)), y, t);
  return -sum(terms) / y.length;
}

// --- 4.3 and 4.4: numerical differentiation ------------------------------------------------------

const h = 1e-4;

function numericalDiff(f, x) {
  return map((v) => (f(v + h) - f(v - h)) / (2 * h), x);
}

function numericalGradient(f, x) {
  const gradient = (part) =>
    part.map((value, i) => {
      if (isArray(value)) return gradient(value);
      part[i] = value + h;
      const fxh1 = f(x);
      part[i] = value - h;
      const fxh2 = f(x);
      part[i] = value; // x is left as it was
      return (fxh1 - fxh2) / (2 * h);
    });
  return gradient(x);
}

// --- 4.5: the network --------------------------------------------------------------------------

class TwoLayerNet {
  constructor(params) {
    this.params = params; // W1, b1, W2, b2
  }

  forward(x) {
    const { W1, b1, W2, b2 } = this.params;
    const affine = (A, W, b) => dot(A, W).map((row) => zip((a, c) => a + c, row, b));
    const z1 = sigmoid(affine(x, W1, b1));
    return { z1, y: softmax(affine(z1, W2, b2)) };
  }

  predict(x) {
    return isArray(x[0]) ? this.forward(x).y : this.forward([x]).y[0]; // a batch, or one sample
  }

  loss(x, t) {
    return crossEntropyError(this.predict(x), t);
  }

  accuracy(x, t) {
    const labels = isArray(t[0]) ? t.map(argmax) : t;
    const hits = zip((row, label) => (argmax(row) === label ? 1 : 0), this.predict(x), labels);
    return sum(hits) / x.length;
  }

  gradient(x, t) {
    const { z1, y } = this.forward(x);
    if (!isArray(t[0])) t = t.map((label) => oneHot(label, y[0].length));
    // of -log(y + 1e-7) through the softmax; without the 1e-7 it would be (y - t) / N
    const da2 = zip((yRow, tRow) => {
      const r = zip((p, q) => (q * p) / (p + 1e-7), yRow, tRow);
      return zip((p, rk) => (p * sum(r) - rk) / x.length, yRow, r);
    }, y, t);
    const dz1 = dot(da2, transpose(this.params.W2));
    const da1 = zip((dRow, zRow) => zip((d, z) => d * z * (1 - z), dRow, zRow), dz1, z1);
    return {
      W1: dot(transpose(x), da1),
      b1: columnSums(da1),
      W2: dot(transpose(z1), da2),
      b2: columnSums(da2),
    };
  }

  update(grad, learningRate) {
    const step = (p, g) => (isArray(p) ? zip(step, p, g) : p - learningRate * g);
    for (const key of ["W1", "b1", "W2", "b2"]) this.params[key] = step(this.params[key], grad[key]);
  }
}

function train(i) {
  const net = network(i);
  const iterPerEpoch = Math.max(Math.floor(i.x_train.length / i.batch_masks[0].length), 1);
  const outputs = { accuracy_steps: [], train_acc_list: [], test_acc_list: [] };
  i.batch_masks.forEach((mask, n) => {
    const x = mask.map((row) => i.x_train[row]);
    const t = mask.map((row) => i.t_train[row]);
    net.update(net.gradient(x, t), i.learning_rate);
    outputs[`loss ${n + 1}`] = net.loss(x, t);
    if (n % iterPerEpoch === 0) {
      outputs.accuracy_steps.push(n + 1);
      outputs.train_acc_list.push(net.accuracy(i.x_train, i.t_train));
      outputs.test_acc_list.push(net.accuracy(i.x_test, i.t_test));
    }
    for (const key in net.params) outputs[`${key} after ${n + 1} steps`] = net.params[key];
  });
  return { ...outputs, ...net.params };
}

// --- what is offered: from the inputs of a case to its outputs ---------------------------------

const functions = {
  function_1: (x) => 0.01 * x ** 2 + 0.1 * x,
  function_2: (x) => x[0] ** 2 + x[1] ** 2,
  function_tmp1: (x0) => x0 * x0 + 4.0 ** 2.0,
  function_tmp2: (x1) => 3.0 ** 2.0 + x1 * x1,
  cubic: (x) => x * x * x - 2 * x,
  coupled: (x) => x[0] * x[1] + x[1] * x[1] * x[1] - x[2],
  coupled_matrix: ([a, b]) =>
    a[0] * b[2] + 2 * a[1] * b[0] - 3 * a[2] * b[1] + a[1] * a[1] * a[1] + b[0] * b[1] +
    7 * a[0] * a[0] - b[1] / 5 - 2 * a[2] + b[2] * a[0] + 10,
};

const network = ({ W1, b1, W2, b2 }) => new TwoLayerNet({ W1, b1, W2, b2 });

const components = {
  sigmoid: (i) => ({ value: sigmoid(i.x) }),
  softmax: (i) => ({ value: softmax(i.x) }),
  sum_squares_error: (i) => ({ value: sumSquaresError(i.y, i.t) }),
  cross_entropy_error: (i) => ({ value: crossEntropyError(i.y, i.t) }),
  numerical_diff: (i) => ({ value: numericalDiff(functions[i.f], i.x), "x afterwards": i.x }),
  numerical_gradient: (i) => ({ value: numericalGradient(functions[i.f], i.x), "x afterwards": i.x }),
  "TwoLayerNet.predict": (i) => ({ value: network(i).predict(i.x) }),
  "TwoLayerNet.loss": (i) => ({ value: network(i).loss(i.x, i.t) }),
  "TwoLayerNet.accuracy": (i) => ({ value: network(i).accuracy(i.x, i.t) }),
  "TwoLayerNet.gradient": (i) => network(i).gradient(i.x, i.t),
  "one update": train,
  "two updates": train,
  "short training": train,
};

// --- .npy files: a header of text and the raw numbers ------------------------------------------

function readNpy(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, start);
  const [, descr] = header.match(/'descr': '([^']+)'/);
  const shape = [...header.match(/'shape': \(([^)]*)\)/)[1].matchAll(/\d+/g)].map(Number);
  const numbers = {
    "<f8": (at) => bytes.readDoubleLE(at),
    "<i8": (at) => Number(bytes.readBigInt64LE(at)),
  };
  const read = numbers[descr];
  if (!read || header.includes("'fortran_order': True")) throw new Error(`${path}: ${header}`);
  let at = start - 8;
  const nested = ([n, ...rest]) =>
    n === undefined ? read((at += 8)) : Array.from({ length: n }, () => nested(rest));
  return nested(shape);
}

function writeNpy(path, x) {
  const shape = [];
  for (let part = x; isArray(part); part = part[0]) shape.push(part.length);
  const sizes = shape.map((n) => `${n},`).join("");
  const words = `{'descr': '<f8', 'fortran_order': False, 'shape': (${sizes}), }`;
  const size = 64 * Math.ceil((10 + words.length + 1) / 64) - 10; // the data starts at a multiple of 64
  const header = Buffer.from("\x93NUMPY\x01\x00??" + words.padEnd(size - 1) + "\n", "latin1");
  header.writeUInt16LE(size, 8);
  const data = new Float64Array([x].flat(Infinity)); // little-endian, as every machine of today
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, Buffer.concat([header, Buffer.from(data.buffer)]));
}

// --- all cases, one after the other ------------------------------------------------------------

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node port.mjs FOLDER   (which `trueport cases --export FOLDER` wrote)");
  process.exit(2);
}
const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8"));
for (const { number, component, inputs, outputs } of index.cases) {
  if (!(component in components)) continue;
  const given = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      value?.array ? readNpy(join(folder, "inputs", `${value.array}.npy`)) : value,
    ]),
  );
  const results = components[component](given);
  for (const key in outputs) {
    writeNpy(join(folder, "outputs", String(number).padStart(4, "0"), `${key}.npy`), results[key]);
  }
}
const about = { name: "node", language: "JavaScript", dtype: "float64" };
writeFileSync(join(folder, "about.json"), JSON.stringify(about) + "\n");
console.log(`wrote ${join(folder, "outputs")} and about.json`);
