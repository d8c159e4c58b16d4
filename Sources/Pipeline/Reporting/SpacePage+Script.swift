extension SpacePage {
  static let style = """
    :root { --ground: #fff; --ink: #1b1b1f; --line: #c9c9cf; --soft: #5b5b66 }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #17171b; --ink: #ececf1; --line: #44444d; --soft: #a9a9b5 }
    }
    * { box-sizing: border-box }
    body { margin: 0 auto; max-width: 100rem; padding: 1rem; background: var(--ground);
      color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
    h1 { font-size: 1.4rem; margin: 0; overflow-wrap: anywhere }
    header p { margin: .2rem 0 .8rem; color: var(--soft) }
    button { font: inherit; color: inherit; cursor: pointer }
    button:focus-visible { outline: 3px solid #1668dc; outline-offset: -3px; z-index: 2 }
    .views button, #way button { background: none; border: 1px solid var(--line);
      border-radius: .3rem; padding: .2rem .7rem }
    .views button[aria-pressed=true] { background: var(--ink); color: var(--ground) }
    #way { display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; padding: 0 }
    #way li + li::before { content: "/"; padding-right: .3rem; color: var(--soft) }
    #map { position: relative; height: 68vh; min-height: 20rem; overflow: hidden;
      border: 1px solid var(--line) }
    #map button, #map .leaf { position: absolute; overflow: hidden; margin: 0; padding: 1px 4px;
      border: 1px solid #0005; text-align: left; white-space: nowrap; text-overflow: ellipsis;
      font-size: .75rem; line-height: 1rem; color: #16161a; display: flex;
      align-items: flex-start; justify-content: flex-start }
    #map button { font-weight: 600 }
    #legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; list-style: none; padding: 0;
      font-size: .85rem }
    #legend span { display: inline-block; width: .9rem; height: .9rem; margin-right: .35rem;
      vertical-align: -.1rem; border: 1px solid #0005 }
    table { border-collapse: collapse; width: 100% }
    caption { text-align: left; font-weight: 600; padding: .4rem 0 }
    th, td { text-align: left; font-weight: 400; padding: .15rem .8rem .15rem 0;
      border-top: 1px solid var(--line); overflow-wrap: anywhere }
    td { white-space: nowrap; font-variant-numeric: tabular-nums }
    """

  static let script = """
    "use strict";
    const colours = {package: "#9cc4e8", wheel: "#f3bd85", python: "#cbb8ec",
      configuration: "#b5dcb8", base: "#d6d6da", step: "#f2a3b3", file: "#f7dc83",
      wsl: "#a5dcd6", user: "#e6c3a0", "smoke-test": "#dcdf92", materials: "#c4cdd6"};
    const maps = JSON.parse(document.getElementById("data").textContent);
    const find = id => document.getElementById(id);
    let way = [maps.folders];

    const size = bytes => {
      const units = ["B", "kB", "MB", "GB", "TB"];
      let unit = 0;
      while (bytes >= 1000 && unit < 4) { bytes /= 1000; unit += 1; }
      const tenths = Math.floor(bytes * 10) / 10;
      return (unit && bytes < 100 ? tenths.toFixed(1) : Math.floor(bytes)) + " " + units[unit];
    };
    const share = (part, whole) => (whole ? part / whole * 100 : 0).toFixed(1) + " %";
    const make = (name, text) => {
      const element = document.createElement(name);
      if (text !== undefined) { element.textContent = text; }
      return element;
    };

    // Squarified treemaps (Bruls, Huizing, van Wijk): rows along the shorter side, each as long as its
    // worst rectangle gets better.
    function squares(nodes, x, y, width, height) {
      const total = nodes.reduce((sum, node) => sum + node.b, 0);
      const placed = [];
      if (total <= 0 || width <= 0 || height <= 0) { return placed; }
      const scale = width * height / total;
      const worst = (row, sum, side) => {
        const areas = row.map(node => node.b * scale);
        const area = sum * scale;
        return Math.max(side * side * Math.max(...areas) / (area * area),
          area * area / (side * side * Math.min(...areas)));
      };
      let rest = nodes.filter(node => node.b > 0);
      while (rest.length) {
        const side = Math.min(width, height);
        let row = [], sum = 0, best = Infinity;
        for (const node of rest) {
          const next = worst([...row, node], sum + node.b, side);
          if (next > best) { break; }
          row.push(node); sum += node.b; best = next;
        }
        rest = rest.slice(row.length);
        const depth = sum * scale / side;
        let at = 0;
        for (const node of row) {
          const length = node.b * scale / depth;
          placed.push(width >= height
            ? {node, x, y: y + at, width: depth, height: length}
            : {node, x: x + at, y, width: length, height: depth});
          at += length;
        }
        if (width >= height) { x += depth; width -= depth; } else { y += depth; height -= depth; }
      }
      return placed;
    }

    function draw(parent, node, trail, x, y, width, height, level) {
      for (const place of squares(node.c, x, y, width, height)) {
        if (place.width < 3 || place.height < 3) { continue; }
        const inner = place.node.c.length > 0;
        const element = make(inner ? "button" : "div");
        const path = [...trail, place.node];
        const label = place.node.n + ", " + size(place.node.b);
        if (inner) {
          element.type = "button";
          element.addEventListener("click", event => { event.stopPropagation(); go(path); });
          element.setAttribute("aria-label", "Open " + label);
        } else {
          element.className = "leaf";
        }
        element.title = path.slice(1).map(step => step.n).join("/") + "\\n" + size(place.node.b)
          + " in " + place.node.f + " files";
        Object.assign(element.style, {left: place.x + "px", top: place.y + "px",
          width: place.width + "px", height: place.height + "px",
          background: colours[place.node.k] || "#ddd"});
        if (place.width > 34 && place.height > 16) { element.textContent = label; }
        parent.append(element);
        if (inner && level < 6 && place.width > 40 && place.height > 40) {
          draw(parent, place.node, path, place.x + 3, place.y + 18, place.width - 6,
            place.height - 21, level + 1);
        }
      }
    }

    function show() {
      const node = way[way.length - 1];
      const map = find("map");
      map.replaceChildren();
      draw(map, node, way, 0, 0, map.clientWidth, map.clientHeight, 1);
      find("way").replaceChildren(...way.map((step, index) => {
        const item = make("li");
        const button = make("button", step.n);
        button.type = "button";
        if (index === way.length - 1) { button.setAttribute("aria-current", "location"); }
        button.addEventListener("click", () => go(way.slice(0, index + 1)));
        item.append(button);
        return item;
      }));
      find("caption").textContent = "In " + way.map(step => step.n).join("/").replace("//", "/")
        + ": " + size(node.b) + " in " + node.f + " files";
      find("rows").replaceChildren(...node.c.map(child => {
        const row = make("tr");
        const head = make("th", child.n);
        head.scope = "row";
        row.append(head, make("td", size(child.b)), make("td", share(child.b, node.b)),
          make("td", child.f));
        return row;
      }));
      const kinds = new Set();
      const visit = part => { kinds.add(part.k); part.c.forEach(visit); };
      visit(node);
      find("legend").replaceChildren(...Object.keys(colours).filter(kind => kinds.has(kind)).map(
        kind => {
          const item = make("li");
          const patch = make("span");
          patch.style.background = colours[kind];
          item.append(patch, kind);
          return item;
        }));
    }

    function go(path) { way = path; show(); find("way").lastElementChild.firstChild.focus(); }

    for (const button of document.querySelectorAll("[data-view]")) {
      button.addEventListener("click", () => {
        for (const other of document.querySelectorAll("[data-view]")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        way = [maps[button.dataset.view]];
        show();
      });
    }
    document.addEventListener("keydown", event => {
      if (event.key === "Escape" && way.length > 1) { go(way.slice(0, -1)); }
    });
    addEventListener("resize", show);
    show();
    """
}
