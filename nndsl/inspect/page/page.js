"use strict";
(() => {
    const root = document.documentElement;
    const main = document.querySelector("main");
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
    const boxes = [...document.querySelectorAll(".box")];
    const moves = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    let kept = null;
    let current = null;

    function mark(kind, element) {
        for (const old of document.querySelectorAll("." + kind)) old.classList.remove(kind);
        const found = element ? counterparts(element) : new Set();
        for (const other of found) other.classList.add(kind);
        return found;
    }

    function reveal(element, found) {
        const done = new Set([element.closest(".scroll")]);
        for (const other of found) {
            const pane = other.closest(".scroll");
            if (done.has(pane)) continue;
            done.add(pane);
            const place = other.getBoundingClientRect();
            const frame = pane.getBoundingClientRect();
            if (frame.height === 0) continue;
            if (place.top < frame.top + 8 || place.bottom > frame.bottom - 8) {
                pane.scrollTop += place.top - frame.top - Math.max(8, (frame.height - place.height) / 3);
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
            if (current.matches(".l")) current.setAttribute("aria-selected", "false");
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

    const next = (list, element, key) => list[Math.max(0, Math.min(list.length - 1, list.indexOf(element) + moves[key]))];

    document.addEventListener("pointerover", (event) => {
        if (event.pointerType !== "touch") mark("lit", event.target.closest("[data-f]"));
    });
    document.addEventListener("click", (event) => {
        const element = event.target.closest("[data-f]");
        if (element && !String(getSelection())) keep(element);
    });
    document.addEventListener("focusin", (event) => {
        const box = event.target.closest(".box");
        if (!box) return;
        for (const other of boxes) other.setAttribute("tabindex", other === box ? "0" : "-1");
        go(box);
    });
    document.addEventListener("keydown", (event) => {
        const focus = document.activeElement;
        if (event.key === "Escape") {
            enlarge(null);
            go(null);
            mark("lit", null);
            if (kept) keep(kept);
        }
        const box = focus.closest(".box");
        const pane = focus.closest(".lines");
        if (!box && !pane) return;
        if (event.key === "Enter" || event.key === " ") {
            const chosen = box || current;
            if (chosen) keep(chosen);
            event.preventDefault();
        } else if (event.key in moves) {
            if (box) next(boxes, box, event.key).focus();
            else go(next([...pane.querySelectorAll(".l")], current, event.key));
            event.preventDefault();
        }
    });

    function enlarge(section) {
        main.classList.toggle("solo", section !== null);
        for (const grow of document.querySelectorAll(".grow")) {
            const own = grow.closest("section");
            own.classList.toggle("big", own === section);
            grow.setAttribute("aria-pressed", String(own === section));
        }
        if (kept) reveal(kept, counterparts(kept));
    }
    for (const grow of document.querySelectorAll(".grow")) {
        grow.addEventListener("click", () => {
            const own = grow.closest("section");
            enlarge(own.classList.contains("big") ? null : own);
        });
    }

    const begun = new Set();
    function begin(pane) {  // above the first line that belongs to a formula stands nothing but data and imports
        const first = pane.querySelector('.l:not([data-f=""])');
        if (!first || begun.has(pane) || !pane.clientHeight) return;
        begun.add(pane);
        if (first.offsetTop > pane.clientHeight - 5 * 20) pane.scrollTop = first.offsetTop - 60;
    }

    function open(view) {
        for (const tab of tabs) {
            tab.setAttribute("aria-selected", String(tab.dataset.view === view));
            tab.setAttribute("tabindex", tab.dataset.view === view ? "0" : "-1");
        }
        for (const section of document.querySelectorAll("section")) {
            section.classList.toggle("open", section.id === view || (view === "model" && section.id === "layers"));
        }
        for (const pane of document.querySelectorAll("#source .lines, #code .lines")) begin(pane);
        const first = document.querySelector("#" + view + " .kept");
        if (first) first.scrollIntoView({ block: "center" });
    }
    root.classList.add("js");
    for (const tab of tabs) tab.addEventListener("click", () => open(tab.dataset.view));
    document.querySelector("nav").addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const other = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
        open(other.dataset.view);
        other.focus();
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
            element.scrollIntoView({ block: "center" });
            keep(element);
        }
    }
})();
