"use strict";
// What works on every page: folded parts that open when a link leads into them, and small buttons.
(() => {
  function openTarget() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let node = target; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") {
        node.open = true;
      }
    }
    if (target && target.tagName === "DETAILS") {
      target.scrollIntoView();
    }
  }

  addEventListener("hashchange", openTarget);
  openTarget();

  document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "copied";
    } catch {
      // A file opened from disk may not reach the clipboard: select it for the reader's own hand.
      getSelection().selectAllChildren(button.parentElement.querySelector("code"));
      button.textContent = "selected";
    }
  }));

  const root = document.documentElement;
  document.querySelectorAll("[data-docs]").forEach((button) => {
    root.classList.add("no-docs");
    button.addEventListener("click", () => {
      const hidden = root.classList.toggle("no-docs");
      button.setAttribute("aria-pressed", String(!hidden));
    });
  });

  // On paper everything is unfolded, and what was folded is folded again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
})();
