// What pages do by themselves: play the network from stored pictures, save pictures, copy text.
window.backlash = (() => {
  const FONT = '"Backlash Sans SC"';
  const films = {}; // by run: where the film stands, so that a change of language does not rewind it

  const chartOf = (id) => getElement(id)?.chart;
  const number = (v) => {
    if (v === null || v === undefined || Number.isNaN(+v)) return "–";
    const a = Math.abs(v);
    return a >= 1000 ? Math.round(v).toLocaleString("en") : String(+(+v).toPrecision(3));
  };
  const percent = (v) => (v === null || v === undefined || Number.isNaN(+v) ? "–" : `${+(100 * v).toFixed(1)}%`);

  // Moments come as if they were UTC; words here, because charts would take them from the browser.
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const time = (d) => d.toISOString().slice(11, 16);
  const day = (d, lang) => {
    const [m, n] = [d.getUTCMonth(), d.getUTCDate()];
    return lang === "zh" ? `${m + 1}月${n}日` : `${n} ${MONTHS[m]}`;
  };
  const tick = (lang) => (value) => {
    const d = new Date(value);
    return time(d) === "00:00" ? day(d, lang) : time(d);
  };
  const moment = (lang) => ({ value }) => {
    const d = new Date(value);
    return `${day(d, lang)} ${time(d)}`;
  };
  // A slider stands at one of some stops; the field beside it takes every number.
  const slid = (slider, box, stops, unit) => {
    const value = stops[+slider.value];
    document.getElementById(box).value = value;
    slider.setAttribute("aria-valuetext", `${value} ${unit}`);
    return value;
  };
  const typed = (box, slider, stops) => {
    const far = stops.map((stop) => Math.abs(stop - box.value));
    const element = document.getElementById(slider);
    element.value = far.indexOf(Math.min(...far));
    element.setAttribute("aria-valuetext", box.value);
    return box.value;
  };
  const size = (value) => value[3];
  const person = (p) => (p.value?.length > 2 ? `${p.seriesName}: ${p.value[2].toFixed(2)}` : p.seriesName);

  function film(id, parts, data) {
    const chart = chartOf(id);
    const at = (name) => document.getElementById(parts[name]);
    if (!chart?.getOption()?.series?.length || !at("range")) {
      return void setTimeout(() => film(id, parts, data), 50);
    }
    const bytes = Uint8Array.from(atob(data.frames), (c) => c.charCodeAt(0));
    const n = data.times.length;
    const state = (films[data.key] ??= { frame: data.first, playing: false });
    const base = data.groups.map((_, g) => chart.getOption().series[g + 1].data);
    let last = 0;

    function show(k) {
      state.frame = k;
      chart.setOption({
        series: data.groups.map((members, g) => ({
          id: `people_${g}`,
          data: members.map((m, j) => {
            const [x, y, , s] = base[g][j];
            return [x, y, bytes[k * data.people + m] / 100, s];
          }),
        })),
      });
      const text = data.text.replace("{time}", data.times[k]).replace("{share}", data.visible[k]);
      at("range").value = k;
      at("range").setAttribute("aria-valuetext", text);
      at("out").textContent = text;
    }
    function play(on) {
      state.playing = on;
      at("play").textContent = on ? data.pause : data.play;
      at("play").setAttribute("aria-pressed", on);
      last = performance.now();
      if (on) requestAnimationFrame(tick);
    }
    function tick(now) {
      if (!state.playing || chart.isDisposed() || !at("range")) return;
      const step = 1000 / Math.max(1, +at("speed").value / data.hours);
      if (now - last >= step) {
        const next = state.frame + Math.max(1, Math.floor((now - last) / step));
        last = now;
        show(Math.min(n - 1, next));
        if (state.frame >= n - 1) return play(false);
      }
      requestAnimationFrame(tick);
    }
    at("range").max = n - 1;
    at("range").oninput = (e) => show(+e.target.value);
    at("play").onclick = () => {
      if (!state.playing && state.frame >= n - 1) show(data.first);
      play(!state.playing);
    };
    show(Math.min(state.frame, n - 1));
    play(state.playing);
  }

  function save(url, name) {
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
  }

  // Texts broken into lines of so many pixels: between words, and between Chinese characters.
  function lines(texts, width) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = `12px ${FONT}, system-ui, sans-serif`;
    const found = [];
    for (const text of texts) {
      let line = "";
      for (const piece of text.match(/[^\s\u3000-\u9fff\uff00-\uffef]+\s*|./gu) ?? []) {
        if (line && pen.measureText(line + piece).width > width) {
          found.push(line);
          line = "";
        }
        line += piece;
      }
      found.push(line);
    }
    return found;
  }

  // A chart as a picture that can be read alone: drawn again with its title and caption, what was
  // run, and what its numbers stand for.
  async function picture(id, kind, name, about) {
    const { echarts } = await import("nicegui-echart");
    const option = chartOf(id).getOption();
    const network = option.visualMap?.length > 0;
    const width = 960, row = 17;
    const moments = network ? [document.getElementById("moment")?.textContent ?? ""] : [];
    const above = lines([...about.above, ...moments], width - 40);
    const below = network ? [] : lines(about.below, width - 40);
    const down = 40 + row * above.length, up = row * below.length + (below.length ? 16 : 0);
    const height = down + (network ? 760 : 440) + up;
    const box = document.createElement("div");
    box.style.cssText = `position:absolute;left:-9999px;width:${width}px;height:${height}px`;
    document.body.append(box);
    const drawn = echarts.init(box, null, { renderer: kind === "svg" ? "svg" : "canvas", devicePixelRatio: 2 });
    const moved = (parts, key, by) => (parts ?? []).map((p) => ({ ...p, [key]: (parseFloat(p[key]) || 0) + by }));
    const small = { fontSize: 12, lineHeight: row, color: "#4a5560" };
    drawn.setOption({
      ...option,
      animation: false,
      backgroundColor: "#ffffff",
      grid: moved(moved(option.grid, "top", down), "bottom", up),
      legend: moved(option.legend, "top", down),
      title: [
        {
          text: about.title, subtext: above.join("\n"), left: 8, top: 4, itemGap: 6,
          textStyle: { fontSize: 17, color: "#1b1f24" }, subtextStyle: small,
        },
        { text: "", subtext: below.join("\n"), left: 8, bottom: 4, itemGap: 0, subtextStyle: small },
      ],
    });
    const url = kind === "svg"
      ? "data:image/svg+xml;charset=utf-8," + encodeURIComponent(drawn.renderToSVGString())
      : drawn.getDataURL({ type: "png", pixelRatio: 2, backgroundColor: "#ffffff" });
    drawn.dispose();
    box.remove();
    save(url, `${name}.${kind}`);
  }

  // Copying needs a secure context in today's browsers; a class on http has the older way.
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  // On a phone the settings stand below the charts: who presses Run wants to see these.
  const toResults = () => {
    if (window.innerWidth <= 800) document.getElementById("results")?.scrollIntoView({ block: "start" });
  };
  const remember = (lang) => {
    document.cookie = `backlash_lang=${lang}; path=/; max-age=31536000; samesite=lax`;
  };
  const speak = (lang, title) => {
    remember(lang);
    document.documentElement.lang = lang;
    document.title = title;
  };
  // Charts that were drawn before the font had come are drawn again.
  const redraw = () => {
    for (const box of document.querySelectorAll(".nicegui-echart")) chartOf(+box.id.slice(1))?.resize();
  };
  document.fonts.load(`14px ${FONT}`, "中").then(redraw, () => {});
  return { number, percent, tick, moment, slid, typed, size, person, film, picture, copy, remember, speak, toResults };
})();
