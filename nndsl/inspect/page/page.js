"use strict";
(() => {
    const root = document.documentElement;
    const linked = [...document.querySelectorAll("[data-f]")];
    const formulas = new Map(linked.map((e) => [e, e.dataset.f ? e.dataset.f.split(" ") : []]));
    const parts = new Map();
    for (const [element, names] of formulas) {
        for (const name of names) {
            if (!parts.has(name)) parts.set(name, []);
            parts.get(name).push(element);
        }
    }
    const counterparts = (element) => new Set(formulas.get(element).flatMap((name) => parts.get(name)));
    const tabs = [...document.querySelectorAll("[role=tab]")];
    let kept = null;
    let current = null;

    function mark(kind, element) {
        for (const old of document.querySelectorAll("." + kind)) old.classList.remove(kind);
        const found = element ? counterparts(element) : new Set();
        for (const other of found) other.classList.add(kind);
        return found;
    }

    function reveal(element, found) {
        const home = element.closest(".scroll");
        const done = new Set([home]);
        for (const other of found) {
            const pane = other.closest(".scroll");
            if (done.has(pane)) continue;
            done.add(pane);
            const place = other.getBoundingClientRect();
            const frame = pane.getBoundingClientRect();
            if (frame.height === 0) continue;
            if (place.top < frame.top + 8 || place.bottom > frame.bottom - 8) {
                pane.scrollTop += place.top - frame.top - frame.height / 4;
            }
        }
    }

    function keep(element) {
        kept = kept === element ? null : element;
        const found = mark("kept", kept);
        if (kept) reveal(kept, found);
        for (const tab of tabs) {
            const section = document.getElementById(tab.dataset.view);
            tab.classList.toggle("has", [...found].some((e) => section.contains(e)));
        }
    }

    function go(element) {
        if (current) {
            current.classList.remove("here");
            current.setAttribute("aria-selected", "false");
        }
        current = element;
        if (!element) return;
        const pane = element.closest(".lines");
        if (pane) {
            element.classList.add("here");
            element.setAttribute("aria-selected", "true");
            pane.setAttribute("aria-activedescendant", element.id);
            element.scrollIntoView({ block: "nearest" });
        }
        mark("lit", element);
    }

    document.addEventListener("pointerover", (event) => {
        if (event.pointerType === "touch") return;
        mark("lit", event.target.closest("[data-f]"));
    });
    document.addEventListener("click", (event) => {
        const element = event.target.closest("[data-f]");
        if (element && !String(getSelection())) keep(element);
    });
    document.addEventListener("focusin", (event) => {
        const box = event.target.closest(".box");
        if (box) go(box);
    });
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            go(null);
            mark("lit", null);
            if (kept) keep(kept);
        }
        const focus = document.activeElement;
        if ((event.key === "Enter" || event.key === " ") && focus.closest(".box, .lines")) {
            const chosen = focus.closest(".box") || current;
            if (chosen) {
                keep(chosen);
                event.preventDefault();
            }
        }
        const pane = focus.closest(".lines");
        const moves = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
        if (!pane || !(event.key in moves)) return;
        const lines = [...pane.querySelectorAll(".l")];
        const at = lines.indexOf(current) + moves[event.key];
        go(lines[Math.max(0, Math.min(lines.length - 1, at))]);
        event.preventDefault();
    });

    function open(view) {
        for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.view === view));
        for (const section of document.querySelectorAll("section")) {
            section.classList.toggle("open", section.id === view || (view === "model" && section.id === "layers"));
        }
        const first = document.querySelector("#" + view + " .kept");
        if (first) first.scrollIntoView({ block: "center" });
    }
    root.classList.add("js");
    for (const tab of tabs) tab.addEventListener("click", () => open(tab.dataset.view));
    document.querySelector("nav").addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
        next.focus();
        open(next.dataset.view);
    });
    open("source");

    const dark = matchMedia("(prefers-color-scheme: dark)");
    document.getElementById("theme").addEventListener("click", () => {
        const now = root.dataset.theme || (dark.matches ? "dark" : "light");
        root.dataset.theme = now === "dark" ? "light" : "dark";
    });

    if (location.hash.length > 1) {
        const element = document.getElementById(location.hash.slice(1));
        if (element && formulas.has(element)) {
            const section = element.closest("section");
            if (section.id !== "layers") open(section.id);
            keep(element);
        }
    }
})();
