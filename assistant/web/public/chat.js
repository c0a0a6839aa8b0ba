// What Chainlit's page lacks: citations that open beside the conversation with the quote marked, names for
// icon-only controls, and one spoken announcement per reply. Loaded before Chainlit's bundle.

var global = globalThis; // the bundle expects it
window.transports = ["websocket"]; // read by the bundle: one connection, no polling

const CITATION = 'a[href^="/documents/"]';
const LABELS = {
  "#new-chat-button": "New conversation",
  "#chat-submit": "Send the question",
  "#stop-button": "Stop answering",
  "#chat-profiles": "Who is asking",
  "#side-view-title button": "Close the document",
  "button:has(.lucide-arrow-down)": "Go to the latest message",
  ".side-pdf button:has(.lucide-chevron-left)": "Previous page",
  ".side-pdf button:has(.lucide-chevron-right)": "Next page",
  ".side-pdf button:has(.lucide-zoom-out)": "Smaller",
  ".side-pdf button:has(.lucide-zoom-in)": "Larger",
  ".side-pdf button:has(.lucide-printer)": "Open in a new window",
  ".side-pdf a[download]": "Download the document",
  '.message-content ~ div button:has(.lucide-copy)': "Copy the reply",
};

let opened = null; // the citation whose page is shown
let marked = null; // the page on which its quote was looked for
let answering = false;

// ---- citations -------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const citation = event.target.closest?.(CITATION);
  if (!citation || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opened?.removeAttribute("aria-current");
  opened = citation;
  opened.setAttribute("aria-current", "true");
  CSS.highlights?.delete("quote"); // of the citation before, whose page is about to leave
  marked = null;
  // Chainlit sends window messages to the server, which answers by opening the panel.
  window.postMessage({ openDocument: citation.getAttribute("href") }, location.origin);
});

// On a phone the panel is a dialog and does this itself.
document.addEventListener("keydown", (event) => {
  const close = document.querySelector("aside #side-view-title button");
  if (event.key !== "Escape" || !close || event.target.closest("#message-composer")) return;
  close.click();
  opened?.focus();
});

const quoteOf = (citation) => /“(.*?)(?: …)?”$/s.exec(citation?.title ?? "")?.[1] ?? "";

// Letters and digits only: PDF text layers differ from extracted text in spaces, hyphens and ligatures.
const essence = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

function markQuote() {
  const layer = document.querySelector(".side-pdf .textLayer");
  const wanted = essence(quoteOf(opened));
  if (!layer || !wanted || !CSS.highlights) return;
  const places = []; // for each character of the page's essence: its node and offset
  let page = "";
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let offset = 0; offset < node.data.length; offset++) {
      for (const letter of essence(node.data[offset])) {
        page += letter;
        for (let unit = 0; unit < letter.length; unit++) places.push([node, offset]);
      }
    }
  }
  const start = page.indexOf(wanted);
  CSS.highlights.delete("quote");
  if (start < 0) return;
  const range = new Range();
  range.setStart(...places[start]);
  const [lastNode, lastOffset] = places[start + wanted.length - 1];
  range.setEnd(lastNode, lastOffset + 1);
  CSS.highlights.set("quote", new Highlight(range));
  const frame = layer.closest(".overflow-auto"); // scrollIntoView would move the whole panel too
  frame.scrollTop += range.getBoundingClientRect().top - frame.getBoundingClientRect().top - frame.clientHeight / 3;
}

// Chainlit draws a page at its printed size; a narrow panel would cut it.
function fitPage() {
  const page = document.querySelector(".side-pdf .react-pdf__Page");
  const canvas = page?.querySelector("canvas");
  if (!canvas) return;
  const frame = page.closest(".w-fit");
  const room = frame.parentElement.clientWidth - 2 * Number.parseFloat(getComputedStyle(frame).paddingLeft);
  const chosen = Number.parseInt(document.querySelector(".side-pdf span.w-12").textContent, 10) / 100;
  page.style.zoom = Math.min(1, (room * chosen) / Number.parseFloat(canvas.style.width));
}

// ---- files -----------------------------------------------------------------------------------------------

// A button made the file; that it is also fetched saves the reader a second click. The link stays.
const fetched = new Set();

function fetchFiles() {
  for (const link of document.querySelectorAll('a[href^="/files/"]')) {
    const address = link.getAttribute("href");
    if (!fetched.has(address)) {
      fetched.add(address);
      link.click();
    }
  }
}

// ---- accessibility ---------------------------------------------------------------------------------------

function label() {
  for (const [selector, name] of Object.entries(LABELS)) {
    for (const element of document.querySelectorAll(selector)) element.setAttribute("aria-label", name);
  }
  for (const citation of document.querySelectorAll(`${CITATION}:not([aria-label])`)) {
    citation.setAttribute("aria-label", `Source ${citation.textContent}: ${citation.title.split(": “")[0]}`);
  }
  for (const link of document.querySelectorAll(".annotationLayer a:not([aria-label])")) {
    link.setAttribute("aria-label", link.href);
    link.target = "_blank"; // a link inside a PDF must not replace the conversation
  }
  const input = document.querySelector("#chat-input");
  input?.setAttribute("aria-label", "Your question");
  document.querySelector("#root")?.setAttribute("role", "main");
}

function announce() {
  const busy = document.querySelector("#stop-button") !== null;
  if (answering && !busy) {
    const replies = document.querySelectorAll('[data-step-type="assistant_message"] .prose');
    const parts = [...(replies[replies.length - 1]?.children ?? [])];
    const sources = parts.findIndex((part) => part.tagName === "H6");
    const spoken = parts.slice(0, sources < 0 ? parts.length : sources).map((part) => part.innerText);
    document.querySelector("#announcer").textContent = spoken.join(" ");
  }
  answering = busy;
}

// ---- one observer, at most once a frame ------------------------------------------------------------------

let waiting = false;

function refresh() {
  waiting = false;
  label();
  announce();
  fitPage();
  fetchFiles();
  const layer = document.querySelector(".side-pdf .textLayer .endOfContent");
  if (layer && layer !== marked) markQuote();
  marked = layer;
}

document.addEventListener("DOMContentLoaded", () => {
  const announcer = document.createElement("div");
  announcer.id = "announcer";
  announcer.setAttribute("role", "status"); // polite; screen readers speak its new text once
  document.body.append(announcer);
  new MutationObserver(() => {
    if (!waiting) requestAnimationFrame(refresh);
    waiting = true;
  }).observe(document.querySelector("#root").parentElement, { childList: true, subtree: true });
  addEventListener("resize", fitPage);
});
