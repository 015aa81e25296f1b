// In a page: what lies on something else in the scene of a net.
async ([net, fold, closed]) => {
  const { makeScene, measure } = await import("page/scene.js");
  const scene = makeScene(net, { fold, closed: new Set(closed) });
  const area = (b) => [b.x, b.y, b.x + b.width, b.y + b.height];
  const boxes = scene.boxes.map(area);
  const heads = scene.frames.map((f) => [f.x, f.y, f.x + f.width, f.y + 24]);
  const frames = scene.frames.map(area);
  const words = scene.words.map((w) => [w.x, w.y - 5, w.x + measure(w.text, 10.5), w.y + 5]);
  const meet = (a, b) =>
    Math.min(a[2], b[2]) - Math.max(a[0], b[0]) > 0.5 && Math.min(a[3], b[3]) - Math.max(a[1], b[1]) > 0.5;
  const holds = (a, b) =>
    a[0] - 0.5 <= b[0] && a[1] - 0.5 <= b[1] && b[2] <= a[2] + 0.5 && b[3] <= a[3] + 0.5;
  const faults = [], solid = [...boxes, ...heads, ...words];
  solid.forEach((a, i) => solid.slice(i + 1).forEach((b) => meet(a, b) && faults.push(["two in one place", a, b])));
  for (const frame of frames)
    for (const each of solid) if (meet(frame, each) && !holds(frame, each)) faults.push(["half in a frame", frame, each]);
  for (const each of [...solid, ...frames])
    if (!holds([0, 0, scene.width, scene.height], each)) faults.push(["beyond the edge", each]);
  for (const line of scene.lines) {
    for (let i = 1; i < line.points.length; i++) {
      const [x0, y0] = line.points[i - 1], [x1, y1] = line.points[i];
      if (y1 < y0) faults.push(["upwards", line]);
      const near = solid.filter((b) => b[1] < y1 && b[3] > y0);
      for (let t = 0; t <= 1; t += 1 / 32) {
        const x = x0 + (x1 - x0) * (3 * t * t - 2 * t * t * t);
        const y =
          y0 * ((1 - t) ** 3 + 1.5 * (1 - t) ** 2 * t + 1.5 * (1 - t) * t * t) +
          y1 * (t ** 3 + 1.5 * (1 - t) ** 2 * t + 1.5 * (1 - t) * t * t);
        for (const b of near)
          if (x > b[0] + 0.5 && x < b[2] - 0.5 && y > b[1] + 0.5 && y < b[3] - 0.5)
            faults.push(["through a box", line, b]);
      }
    }
  }
  return { faults: faults.slice(0, 3), boxes: boxes.length };
}
