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

  // A chart as a picture: drawn again with its title and caption on it, wide enough to read.
  async function picture(id, kind, name, title, caption) {
    const { echarts } = await import("nicegui-echart");
    const option = chartOf(id).getOption();
    const width = 960, height = option.visualMap?.length ? 900 : 600; // the network is taller
    const box = document.createElement("div");
    box.style.cssText = `position:absolute;left:-9999px;width:${width}px;height:${height}px`;
    document.body.append(box);
    const drawn = echarts.init(box, null, { renderer: kind === "svg" ? "svg" : "canvas", devicePixelRatio: 2 });
    const down = 92;
    const moved = (parts, key) => (parts ?? []).map((p) => ({ ...p, [key]: (parseFloat(p[key]) || 0) + down }));
    drawn.setOption({
      ...option,
      animation: false,
      backgroundColor: "#ffffff",
      grid: moved(option.grid, "top"),
      legend: moved(option.legend, "top"),
      title: {
        text: title, subtext: caption, left: 8, top: 4, itemGap: 6,
        textStyle: { fontSize: 17, color: "#1b1f24" },
        subtextStyle: { width: width - 24, overflow: "break", fontSize: 12, lineHeight: 17, color: "#4a5560" },
      },
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
  return { number, size, person, film, picture, copy, remember, speak };
})();
