// Reads the project's own sources as the tidy test needs them: imports, functions, lines.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';

export interface FunctionSpan {
  readonly name: string;
  readonly lines: number;
}

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly lines: readonly string[];
  /** Module specifiers; relative ones resolved to paths from the root. */
  readonly imports: readonly string[];
  readonly functions: readonly FunctionSpan[];
  /** Identifiers and property accesses such as `Date.now` or `process.env`. */
  readonly accesses: ReadonlySet<string>;
}

/** Folders that hold our code. */
export const CODE_FOLDERS = [
  'core',
  'sip',
  'media',
  'routing',
  'callback',
  'api',
  'test',
  'scripts',
  'bench',
  'examples',
] as const;

/** All TypeScript sources of these folders. */
export function readSources(folders: readonly string[] = CODE_FOLDERS): readonly SourceFile[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.ts`))
    .sort()
    .map(readSource);
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, 'utf8');
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const imports: string[] = [];
  const functions: FunctionSpan[] = [];
  const accesses = new Set<string>();
  const visit = (node: ts.Node): void => {
    const specifier = importedModule(node);
    if (specifier !== null) imports.push(resolveSpecifier(path, specifier));
    if (isFunctionWithBody(node)) functions.push(spanOf(node, tree));
    if (ts.isPropertyAccessExpression(node)) accesses.add(node.getText(tree).replace(/\s+/gu, ''));
    if (ts.isCallExpression(node)) accesses.add(`${node.expression.getText(tree)}()`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return { path, lines: text.split('\n'), imports, functions, accesses };
}

function importedModule(node: ts.Node): string | null {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const { moduleSpecifier } = node;
    return moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
      ? moduleSpecifier.text
      : null;
  }
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) {
    return null;
  }
  const [argument] = node.arguments;
  return argument !== undefined && ts.isStringLiteral(argument) ? argument.text : null;
}

function resolveSpecifier(path: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier;
}

function isFunctionWithBody(node: ts.Node): node is ts.FunctionLikeDeclaration {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function spanOf(node: ts.FunctionLikeDeclaration, tree: ts.SourceFile): FunctionSpan {
  const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
  const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
  const name = node.name?.getText(tree) ?? `line ${first + 1}`;
  return { name, lines: last - first + 1 };
}
