/** Markdown as a browser would have it: CommonMark with tables and raw HTML, read by the rules of HTML5. */
import MarkdownIt from 'markdown-it';
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5';

export type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.ChildNode;

const renderer = new MarkdownIt({ html: true, linkify: true });

/** The elements at the top of the page. */
export function pageOf(markdown: string): Element[] {
  const html = parse(renderer.render(markdown)).childNodes.find(isElement);
  const body = html?.childNodes.filter(isElement).find(({ tagName }) => tagName === 'body');
  return body === undefined ? [] : body.childNodes.filter(isElement);
}

export function isElement(node: Node): node is Element {
  return defaultTreeAdapter.isElementNode(node);
}

/** All elements in it, itself not included. */
export function elementsIn(element: Element): Element[] {
  return element.childNodes.filter(isElement).flatMap((child) => [child, ...elementsIn(child)]);
}

export function textIn(node: Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value;
  return isElement(node) ? node.childNodes.map(textIn).join('') : '';
}

export const names = (elements: readonly Element[]): string[] => elements.map(({ tagName }) => tagName);
