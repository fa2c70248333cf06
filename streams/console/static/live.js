// Keeps what is marked on a page as it is now: asks for the page anew when the server says that something changed, and
// once a minute, since times are told as distances. Nobody needs it: a page that is loaded shows the same.
"use strict";
(() => {
  const address = document.body.dataset.updates;
  const parts = () => [...document.querySelectorAll("[data-live]")];
  if (!address || !window.EventSource) return;

  const REST_MS = 3000;
  const MINUTE_MS = 60000;
  let stream = null, waiting = 0, asked = 0, minute = 0;

  const busy = (part) => {
    const at = document.activeElement;
    return part.contains(at) && at.matches("input, textarea, select") || part.querySelector("details[open]") !== null;
  };

  // Puts in what came; whoever stood on a link, or in the table, stands there still, and what is new is marked.
  function put(part, fresh) {
    if (part.innerHTML === fresh.innerHTML || busy(part)) return;
    const on = part.contains(document.activeElement) ? document.activeElement : null;
    const at = on?.getAttribute("href");
    const known = new Set([...part.querySelectorAll("th a, .tile-head a")].map((link) => link.getAttribute("href")));
    const scrolled = part.querySelector(".scroll")?.scrollLeft ?? 0;
    part.replaceChildren(...fresh.childNodes);
    if (part.querySelector(".scroll")) part.querySelector(".scroll").scrollLeft = scrolled;
    for (const link of part.querySelectorAll("th a, .tile-head a")) {
      if (!known.has(link.getAttribute("href"))) link.closest("tr, li")?.classList.add("fresh");
    }
    const again = at ? `a[href="${CSS.escape(at)}"]` : on?.matches(".scroll") ? ".scroll" : "";
    if (again) part.querySelector(again)?.focus({ preventScroll: true });
  }

  async function refresh() {
    window.clearTimeout(waiting);
    waiting = 0;
    asked = Date.now();
    const answer = await window.fetch(window.location.href, { headers: { "Sentinel-Unasked": "1" }, redirect: "manual" })
      .catch(() => null);
    if (!answer) return; // the line is down: the page stands as it was
    if (answer.type === "opaqueredirect" || answer.status === 403) return stop(); // signed out: the next click says so
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of parts()) {
      const fresh = page.getElementById(part.id);
      if (fresh) put(part, document.importNode(fresh, true));
    }
  }

  function soon() {
    if (parts().length && !waiting) waiting = window.setTimeout(refresh, Math.max(0, asked + REST_MS - Date.now()));
  }

  function start() {
    if (stream || document.visibilityState === "hidden") return;
    stream = new EventSource(address);
    stream.addEventListener("cases", soon);
    stream.addEventListener("case", () => {
      document.dispatchEvent(new Event("case-changed"));
      for (const one of document.querySelectorAll("[data-case-changed]")) one.hidden = false;
    });
    if (parts().length) minute = window.setInterval(soon, MINUTE_MS);
  }

  function stop() {
    stream?.close();
    stream = null;
    window.clearInterval(minute);
  }

  // Browsers open few connections to one place: a page that nobody looks at holds none.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return stop();
    start();
    soon();
  });
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { start(); soon(); } });
  start();
})();
