/** `&` first when escaping, last when reading. */
const ENTITIES = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
] as const;

export function escapeXml(text: string): string {
  return ENTITIES.reduce((escaped, [character, entity]) => escaped.replaceAll(character, entity), text);
}

/** The texts of all `<name>` elements that hold nothing but text. */
export function textsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, escaped = '']) =>
    ENTITIES.reduceRight((text, [character, entity]) => text.replaceAll(entity, character), escaped),
  );
}
