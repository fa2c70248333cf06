// Keyboard, time zone, help. Everything works without it: it only makes it quicker.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes(`sentinel_zone=${zone}`)) {
    document.cookie = `sentinel_zone=${zone}; path=/; max-age=31536000; samesite=lax`;
  }

  document.querySelector(".top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  const help = document.getElementById("keys");
  const helper = document.querySelector("[data-help]");
  if (help && helper) {
    helper.hidden = false;
    helper.addEventListener("click", () => help.showModal());
  }

  const quiet = document.body.dataset.shortcuts === "off";
  const chosen = ":is([type=radio], [type=checkbox], [type=range], [type=file])"; // takes no letters: keys stay keys there
  const writing = (at) => at.closest(`input:not(${chosen}), textarea, select, [contenteditable]`) !== null;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && writing(event.target)) event.target.blur();
    if (quiet || event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || (help && help.open)) return;
    if (event.key === "?" && help) help.showModal();
    else {
      const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!found) return;
      if (found.matches("textarea, select, input:not([type=radio])")) {
        const part = found.closest("details");
        if (part) part.open = true;
        found.focus();
      } else {
        found.click();
        if (found.dataset.template !== undefined) found.form.querySelector("button.primary").focus(); // Enter decides
      }
    }
    event.preventDefault();
  });
})();

// The page of a case: four views of a pair, zoom and pan locked together, drafts, and five seconds to undo a verdict.
(() => {
  for (const one of document.querySelectorAll("[data-scripted]")) one.hidden = false;
  viewer(document.querySelector("[data-viewer]"));
  for (const one of document.querySelectorAll("[data-film]")) film(one);
  const mine = `keep:${document.body.dataset.who}:`; // two people may use one browser, one after the other
  const asked = new URLSearchParams(window.location.search);
  if (asked.get("sent")) {
    for (const at of Object.keys(window.localStorage)) {
      if (at.startsWith(mine) && !at.startsWith(`${mine}verdict-`)) window.localStorage.removeItem(at);
    }
  }
  if (asked.get("done")) window.localStorage.removeItem(`${mine}verdict-${asked.get("done")}`);
  for (const form of document.querySelectorAll("form[data-keep]")) keep(form);
  for (const field of document.querySelectorAll("textarea[maxlength], input[name=text][maxlength]")) counted(field);
  verdict(document.querySelector("form[data-verdict]"));
  lease(document.querySelector("[data-lease]"));
  again(document.querySelector("[data-ask-again]") && document.querySelector("form[data-next]"));

  function viewer(root) {
    if (!root) return;
    const stage = root.querySelector("[data-stage]");
    const images = { claim: null, reference: null, changed: null };
    for (const image of root.querySelectorAll("img[data-of]")) images[image.dataset.of] = image;
    const slide = root.querySelector("[data-slide]");
    const handle = root.querySelector("[data-handle]");
    let scale = 1, x = 0, y = 0, timer = 0;

    const place = () => {
      for (const image of Object.values(images)) {
        if (image) image.style.transform = scale === 1 ? "" : `translate(${x}px, ${y}px) scale(${scale})`;
      }
    };
    const zoom = (by) => {
      scale = Math.min(12, Math.max(1, scale * by));
      if (scale === 1) x = y = 0;
      place();
    };
    const blend = (share) => stage.style.setProperty("--blend", String(share));
    const show = (name) => {
      if (name !== "side" && root.dataset.laid === "no") return;
      root.dataset.view = name;
      for (const button of root.querySelectorAll("[data-show]")) {
        button.setAttribute("aria-pressed", String(button.dataset.show === name));
      }
      if (slide) slide.hidden = name !== "swipe" && name !== "blink";
      if (handle) handle.hidden = name !== "swipe";
      window.clearInterval(timer);
      blend(1);
      if (name === "blink" && !window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
        let shown = true;
        timer = window.setInterval(() => { shown = !shown; blend(shown ? 1 : 0); }, 700);
      }
    };
    const pair = (number) => {
      for (const one of root.querySelectorAll("[data-pair]")) {
        one.hidden = one.dataset.pair !== String(number);
        if (one.hidden) continue;
        root.dataset.laid = one.dataset.laid;
        for (const name of ["claim", "reference", "changed"]) {
          if (name === "changed" && one.dataset.laid === "no") continue;
          if (images[name].getAttribute("src") !== one.dataset[name]) images[name].src = one.dataset[name];
        }
        for (const button of root.querySelectorAll("[data-show]")) {
          button.disabled = one.dataset.laid === "no" && button.dataset.show !== "side";
        }
        if (one.dataset.laid === "no") show("side");
      }
    };

    // What is not looked at yet is there before it is asked for, and decoded: a view changes within a frame.
    const ready = () => {
      for (const image of Object.values(images)) {
        if (!image || !image.getAttribute("src")) continue;
        image.loading = "eager";
        image.decode().catch(() => {}); // a broken one says so itself
      }
    };
    if (document.readyState === "complete") ready();
    else window.addEventListener("load", ready);

    const pairs = root.querySelector("[data-pairs]");
    if (root.querySelector("[data-pair]")) pair(0);
    if (pairs) {
      pairs.addEventListener("change", () => pair(Number(pairs.value)));
      document.addEventListener("keydown", (event) => {
        const step = { "[": -1, "]": 1 }[event.key];
        if (!step || document.body.dataset.shortcuts === "off" || writing(event.target)) return;
        pairs.value = String((Number(pairs.value) + step + pairs.length) % pairs.length);
        pair(Number(pairs.value));
      });
    }
    // Who needs photos blurred or grey needs the next case's so too, until the tab is closed.
    const toggled = (button, on) => {
      root.classList.toggle(button.dataset.toggle, on);
      button.setAttribute("aria-pressed", String(on));
      window.sessionStorage.setItem(`look:${button.dataset.toggle}`, on ? "on" : "");
    };
    for (const button of root.querySelectorAll("[data-toggle]")) {
      if (window.sessionStorage.getItem(`look:${button.dataset.toggle}`)) toggled(button, true);
    }
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.show) show(button.dataset.show);
      if (button.dataset.zoom) button.dataset.zoom === "fit" ? zoom(0) : zoom(button.dataset.zoom === "in" ? 1.5 : 1 / 1.5);
      if (button.dataset.toggle) toggled(button, !root.classList.contains(button.dataset.toggle));
    });
    if (slide) {
      slide.querySelector("input").addEventListener("input", (event) => {
        window.clearInterval(timer);
        stage.style.setProperty("--at", `${event.target.value}%`);
        if (root.dataset.view === "blink") blend(event.target.value / 100);
      });
    }
    stage.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && scale === 1 && event.deltaY > 0) return;
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
      event.preventDefault();
    }, { passive: false });
    let from = null;
    stage.addEventListener("pointerdown", (event) => {
      from = { x: event.clientX - x, y: event.clientY - y };
      stage.setPointerCapture(event.pointerId);
    });
    stage.addEventListener("pointermove", (event) => {
      if (!from) return;
      if (root.dataset.view === "swipe" && scale === 1) {
        const box = stage.getBoundingClientRect();
        stage.style.setProperty("--at", `${Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100))}%`);
        return;
      }
      if (scale === 1) return;
      x = event.clientX - from.x;
      y = event.clientY - from.y;
      place();
    });
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, () => { from = null; });
  }

  // A video: the stills that were looked at stand on a line below it, and lead to their moment.
  function film(root) {
    const video = root.querySelector("video");
    const line = root.querySelector("[data-line]");
    root.addEventListener("toggle", () => {
      if (!root.open) return video.pause();
      video.preload = "metadata";
    });
    video.addEventListener("loadedmetadata", () => {
      for (const mark of line.children) mark.style.left = `${Math.min(100, mark.dataset.at / video.duration / 10)}%`;
      line.hidden = !line.children.length || !Number.isFinite(video.duration);
    });
    video.addEventListener("error", () => {
      video.hidden = true;
      line.hidden = true;
      root.querySelector("[data-broken]").hidden = false;
    });
    root.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-at]");
      if (!mark || video.hidden) return;
      event.preventDefault();
      video.preload = "metadata";
      video.currentTime = mark.dataset.at / 1000;
      video.focus();
    });
  }

  // What was typed outlives an expired session, a lost line and the back button; it is forgotten once it was sent.
  function keep(form) {
    const at = mine + form.dataset.keep;
    const text = form.querySelector("textarea");
    if (!text) return;
    const kept = window.localStorage.getItem(at);
    if (kept && !text.value) text.value = kept;
    let waiting = 0, saving = new AbortController();
    text.addEventListener("input", () => {
      window.localStorage.setItem(at, text.value);
      window.clearTimeout(waiting);
      if (saving.signal.aborted) saving = new AbortController(); // back on the page
      if (form.dataset.draft) waiting = window.setTimeout(() => save(form, text, saving.signal), 1500);
    });
    document.addEventListener("leaving", () => { // a draft that came behind its verdict would be refused
      window.clearTimeout(waiting);
      saving.abort();
    });
  }

  // A text that is too long stays whole, and is told so: with maxlength a browser cuts what is pasted without a word.
  function counted(field) {
    const most = field.maxLength, number = new Intl.NumberFormat(document.documentElement.lang);
    const told = document.createElement("span");
    told.className = "late";
    told.setAttribute("role", "alert");
    field.removeAttribute("maxlength");
    field.after(told);
    const count = () => {
      const long = field.value.length <= most ? 0 : [...field.value.trim()].length;
      const words = document.body.dataset.tooLong.replace("{count}", number.format(long)).replace("{most}", number.format(most));
      told.textContent = long > most ? words : "";
      told.hidden = long <= most;
      field.setCustomValidity(told.textContent);
    };
    field.addEventListener("input", count);
    count();
  }

  function save(form, text, signal) {
    const body = new URLSearchParams({ token: form.elements.token.value, rationale: text.value });
    const told = form.querySelector("[data-kept]");
    window.fetch(form.dataset.draft, { method: "POST", body, redirect: "manual", signal })
      .then((answer) => answer.ok, () => false)
      .then((kept) => { if (told) told.textContent = kept ? told.dataset.there : told.dataset.here; });
  }

  function verdict(form) {
    if (!form) return;
    const text = form.querySelector("[data-rationale]");
    const ready = new Set();
    for (const choice of form.querySelectorAll("[data-template]")) {
      ready.add(choice.dataset.template);
      choice.addEventListener("change", () => {
        form.elements.rule.value = choice.dataset.rule;
        if (!text.value || ready.has(text.value)) text.value = choice.dataset.template;
        text.dispatchEvent(new Event("input"));
      });
    }
    const undo = form.querySelector("[data-undo]");
    let timer = 0;
    const stop = () => {
      window.clearInterval(timer);
      undo.hidden = true;
      form.querySelector("button.primary").disabled = false;
    };
    const send = (then) => {
      window.clearInterval(timer);
      form.elements.then.value = then;
      undo.dataset.sent = "yes";
      document.dispatchEvent(new Event("leaving"));
      form.submit();
    };
    const waits = () => !undo.hidden && !undo.dataset.sent;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!undo.hidden) return;
      let left = 5;
      undo.querySelector("[data-seconds]").textContent = String(left);
      undo.hidden = false;
      form.querySelector("button.primary").disabled = true;
      undo.querySelector("button").focus();
      timer = window.setInterval(() => {
        left -= 1;
        undo.querySelector("[data-seconds]").textContent = String(left);
        if (left <= 0) send("");
      }, 1000);
    });
    undo.querySelector("button").addEventListener("click", stop);
    undo.querySelector("[data-at-once]").addEventListener("click", () => send("next"));
    // Who asks for the next case is sure: nobody waits five seconds a case. Any other way on asks first.
    document.addEventListener("submit", (event) => {
      if (!waits() || !event.target.matches("[data-next]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      send("next");
    }, true);
    window.addEventListener("beforeunload", (event) => { if (waits()) event.preventDefault(); });
    document.addEventListener("keydown", (event) => { if (event.key === "u" && waits()) stop(); });
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      delete undo.dataset.sent;
      stop();
    });
  }

  // Where no case was to be had the page asks again, while somebody is there: they may be kept free for the next small claim.
  function again(form) {
    if (!form) return;
    const WAITS_MS = 2 * 60000, ASKS_EVERY_MS = 5000;
    let touched = Date.now(), asking = false;
    for (const name of ["pointermove", "pointerdown", "keydown", "wheel"]) {
      document.addEventListener(name, () => { touched = Date.now(); }, { capture: true, passive: true });
    }
    window.setInterval(async () => {
      const away = document.visibilityState === "hidden" || Date.now() - touched > WAITS_MS;
      if (asking || away || document.activeElement?.matches("input, textarea, select")) return;
      asking = true;
      const ask = { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { "Sentinel-Unasked": "1" } };
      const answer = await window.fetch(form.action, ask).catch(() => null);
      asking = false;
      if (answer?.redirected && answer.ok) window.location.assign(answer.url);
    }, ASKS_EVERY_MS);
  }

  // How long the case is the reviewer's; while somebody works on the page it says so to the server, which prolongs it.
  // A page that was left open does not: after some minutes without a touch the lease runs out, and the next one gets the case.
  const AT_WORK_MS = 5 * 60000;
  function lease(at) {
    if (!at) return;
    let touched = Date.now();
    for (const name of ["pointermove", "pointerdown", "keydown", "wheel", "timeupdate"]) { // the last is a video that plays
      document.addEventListener(name, () => { touched = Date.now(); }, { capture: true, passive: true });
    }
    const shown = at.querySelector("[data-left]");
    const ahead = Number(at.dataset.now) - Date.now(); // the server's clock counts, not this machine's
    let until = Number(at.dataset.lease);
    const timers = [];
    const end = (words) => {
      for (const timer of timers) window.clearInterval(timer);
      at.textContent = words;
      at.setAttribute("role", "alert");
    };
    let leaving = false; // what was sent ends the lease itself
    for (const name of ["submit", "leaving"]) document.addEventListener(name, (event) => { leaving = !event.defaultPrevented; });
    window.addEventListener("pageshow", () => { leaving = false; });
    const beat = async () => {
      if (leaving || document.visibilityState === "hidden" || Date.now() - touched > AT_WORK_MS) return;
      const body = new URLSearchParams({ token: at.dataset.token });
      const answer = await window.fetch(at.dataset.beat, { method: "POST", body, redirect: "manual" }).catch(() => null);
      if (leaving || !answer || answer.status >= 500 || answer.type === "opaqueredirect") return; // what it was still counts down
      if (!answer.ok) return end(at.dataset.over);
      const told = await answer.json();
      until = told.lease_until_ms;
      if (String(told.version) !== at.dataset.version) end(at.dataset.changed);
    };
    const tick = () => {
      const left = Math.max(0, Math.round((until - Date.now() - ahead) / 1000));
      shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (left === 0) end(at.dataset.over);
    };
    timers.push(window.setInterval(tick, 1000));
    timers.push(window.setInterval(beat, Number(at.dataset.every) * 1000));
    tick();
    document.addEventListener("visibilitychange", beat);
    document.addEventListener("case-changed", beat);
  }
})();
