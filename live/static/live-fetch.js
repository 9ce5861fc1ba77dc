// JSON of the live routes, with errors as the sentences that the server wrote.

const UNREACHABLE = "The server does not answer. Is it still running?";

export async function getJson(address, query = {}) {
  const url = new URL(address, window.location.href);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return answer(await fetch(url).catch(() => null));
}

export async function sendFile(address, file) {
  return answer(await fetch(new URL(address, window.location.href), { method: "POST", body: file }).catch(() => null));
}

async function answer(response) {
  if (response === null) throw new Error(UNREACHABLE);
  const said = await response.json().catch(() => null);
  if (response.ok && said) return said;
  throw new Error(said?.message ?? `The server answered ${response.status}.`);
}
