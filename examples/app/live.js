// SPDX-License-Identifier: Apache-2.0
// Replaces the content of the page when the status of the person has changed.

let work = Promise.resolve();
let stream;

// A browser opens six connections to a server, for all its tabs together, and each stream takes one.
// So a hidden page has none. A new stream starts with the status.
function followWhileVisible() {
  if (document.hidden) {
    stream?.close();
    stream = undefined;
  } else {
    stream ??= follow();
  }
}
document.addEventListener("visibilitychange", followWhileVisible);
followWhileVisible();

function follow() {
  const opened = new EventSource("/live");
  opened.onmessage = ({ data: status }) => {
    // One after the other, so that the last one wins. If the server is down, the stream ends too, and
    // sends the status when it opens again.
    work = work.then(() => show(status)).catch(() => {});
  };
  return opened;
}

async function show(status) {
  const main = document.querySelector("main");
  if (status === main.dataset.status) return;
  const answer = await fetch(location.href, { redirect: "manual" });
  // The person is signed out.
  if (answer.type === "opaqueredirect") return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  document.title = page.title;
  main.dataset.status = fresh.dataset.status;
  main.replaceChildren(...fresh.childNodes);
}
