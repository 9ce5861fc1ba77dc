// Chapter 0: the whole machine.

export const sources = { papers: [["Kingma and Welling 2014", "https://arxiv.org/abs/1312.6114"]], functions: ["vae_core.passage.pass_through"] };

export function chapter(context) {
  const element = document.createElement("div");
  return { element };
}
