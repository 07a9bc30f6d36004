/**
 * A path after `@`: for some agents the wish of who writes the prompt that they put this file into it, which they do
 * unasked, from any folder. In text of others it must be no such wish.
 */

/** Where an agent takes `@` for one: before a word only (`see @a.txt`), or within one too (`a@b.c`). */
export type MentionPlace = 'before-words' | 'anywhere';

/** A backslash before it is how agents are told that it means nothing. */
const MENTION: Readonly<Record<MentionPlace, RegExp>> = {
  'before-words': /(?<![\p{L}\p{N}_\\])@/gu,
  anywhere: /(?<!\\)@/g,
};

/** The text with `\@` where an agent would take `@` for one. */
export function withoutMentions(text: string, place: MentionPlace): string {
  return text.replace(MENTION[place], '\\@');
}

/** What an agent is told of a text in which that was done. */
export const ABOUT_MENTIONS = `Here \\@ stands for @, so that no program takes what follows it for a file to attach.`;
