// Arrays as the page's data carries them: base64 of little-endian bytes.

function bytesOf(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) bytes[index] = raw.charCodeAt(index);
  return bytes;
}

export const uint8Of = bytesOf;
export const float32Of = (text) => new Float32Array(bytesOf(text).buffer);
export const int16Of = (text) => new Int16Array(bytesOf(text).buffer);
