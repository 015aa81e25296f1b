// Numbers as people read them, in the words of protonet/viz/tables.py.

export const exact = (count) => count.toLocaleString("en-US", { maximumFractionDigits: 0 });

// 724406816 -> "724.41 M"; below ten thousand each one counts.
export function count(number) {
  if (number < 10000) return exact(number);
  let unit = "";
  for (unit of ["k", "M", "G", "T"]) {
    number /= 1000;
    if (number < 999.995) break;
  }
  return `${number.toFixed(2)} ${unit}`;
}

// 1536 -> "1.5 KiB".
export function bytes(number) {
  if (number < 1024) return `${Math.round(number)} B`;
  for (const unit of ["KiB", "MiB"]) {
    number /= 1024;
    if (number < 1024) return `${number.toFixed(1)} ${unit}`;
  }
  return `${(number / 1024).toFixed(1)} GiB`;
}

export const shape = (sizes) => (sizes === null ? "?" : sizes.join("x") || "scalar");

export const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : "");

export const plural = (number, word) => `${exact(number)} ${word}${number === 1 ? "" : "s"}`;
