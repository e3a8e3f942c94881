// Stand-ins for what mediasoup's worker would download to build itself: for each of its meson
// subprojects a few lines that point at the library of the system. Text only; build.ts writes it.

/** Debian packages with the libraries and tools of the build. */
export const BUILD_PACKAGES = [
  'g++',
  'meson',
  'ninja-build',
  'pkg-config',
  'libuv1-dev',
  'libssl-dev',
  'libsrtp2-dev',
  'libabsl-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
  'flatbuffers-compiler-dev',
] as const;

/** A place in the worker's source that must be another one here. */
export interface Correction {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const CORRECTIONS: readonly Correction[] = [
  // Debian 12 has meson 1.0, which understands all that stands there.
  { file: 'meson.build', from: "'>= 1.1.0'", to: "'>= 1.0.0'" },
  // The callback says 1 to every question of OpenSSL, also to whether the kernel encrypts. OpenSSL
  // as Debian builds it asks that, makes no buffer for its own encryption, and then writes to it.
  {
    file: 'src/RTC/DtlsTransport.cpp',
    from: '(operationType == BIO_CB_RETURN)',
    to: '((operationType & BIO_CB_RETURN) != 0)',
  },
];

/** One subproject: the variables that the worker's own meson.build asks for. */
interface Forward {
  readonly language: 'c' | 'cpp';
  /** Variable of the dependency, and how it is found. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Variables of libraries; empty ones, because the dependency links already. */
  readonly libraries: readonly string[];
  /** Options that the worker sets, with a value of the same type. */
  readonly options?: Readonly<Record<string, string>>;
  readonly more?: string;
}

const system = (...names: readonly string[]): string => {
  const found = names.map((name) => `dependency('${name}')`);
  return found.length === 1 ? (found[0] ?? '') : `[${found.join(', ')}]`;
};

const FORWARDS: Readonly<Record<string, Forward>> = {
  openssl: {
    language: 'c',
    dependencies: { openssl_dep: system('openssl') },
    libraries: ['libcrypto_lib', 'libssl_lib'],
  },
  libuv: {
    language: 'c',
    dependencies: { libuv_dep: system('libuv') },
    libraries: ['libuv'],
    options: { build_tests: 'boolean', build_benchmarks: 'boolean' },
  },
  flatbuffers: {
    language: 'cpp',
    dependencies: { flatbuffers_dep: system('flatbuffers') },
    libraries: ['flatbuffers_lib'],
  },
  'abseil-cpp': {
    language: 'cpp',
    dependencies: {
      absl_container_dep: system(
        'absl_flat_hash_map',
        'absl_flat_hash_set',
        'absl_inlined_vector',
        'absl_btree',
      ),
      absl_strings_dep: system('absl_strings'),
      absl_types_dep: system('absl_optional'),
    },
    libraries: ['absl_container_lib'],
  },
  libsrtp3: {
    language: 'c',
    dependencies: {
      libsrtp3_dep:
        "declare_dependency(compile_args: '-DSRTP3_OPAQUE_POLICY', " +
        "include_directories: 'include', dependencies: dependency('libsrtp2'))",
    },
    libraries: ['libsrtp3'],
    options: { 'crypto-library': 'string', 'crypto-library-kdf': 'string', tests: 'string' },
  },
  'ankerl-unordered-dense': {
    language: 'cpp',
    dependencies: {
      unordered_dense_dep: "declare_dependency(include_directories: 'include')",
    },
    libraries: [],
    more: "meson.override_dependency('unordered_dense', unordered_dense_dep)",
  },
};

/** Headers that lay the API which the worker wants over the one that the system has. */
const HEADERS: Readonly<Record<string, string>> = {
  'libsrtp3/include/srtp.h': 'srtp3-over-srtp2.h',
  'ankerl-unordered-dense/include/ankerl/unordered_dense.h': 'unordered-dense-over-std.h',
};

/** A file to be written below `subprojects/`: its text, or the name of a file beside this one. */
export type ForwardFile =
  | { readonly path: string; readonly text: string }
  | { readonly path: string; readonly from: string };

/** Everything that goes into the worker's `subprojects` folder. */
export function forwardFiles(): readonly ForwardFile[] {
  const files: ForwardFile[] = Object.entries(FORWARDS).flatMap(([name, forward]) =>
    filesOf(name, forward),
  );
  const wrap = '[wrap-file]\ndirectory = ankerl-unordered-dense\n[provide]\n';
  files.push({
    path: 'unordered_dense.wrap',
    text: `${wrap}unordered_dense = unordered_dense_dep\n`,
  });
  for (const [path, from] of Object.entries(HEADERS)) files.push({ path, from });
  return files;
}

function filesOf(name: string, forward: Forward): readonly ForwardFile[] {
  const { language, dependencies, libraries, options = {}, more = '' } = forward;
  const source = language === 'c' ? 'empty.c' : 'empty.cpp';
  const lines = [
    `project('${name}-of-the-system', '${language}')`,
    ...Object.entries(dependencies).map(([variable, found]) => `${variable} = ${found}`),
    ...libraries.map((library) => `${library} = static_library('${library}-empty', '${source}')`),
    more,
  ];
  const symbol = name.replaceAll(/\W/g, '_');
  const optionLines = Object.entries(options).map(([option, type]) =>
    type === 'boolean'
      ? `option('${option}', type: 'boolean', value: false)`
      : `option('${option}', type: 'string', value: '')`,
  );
  return [
    { path: `${name}/meson.build`, text: `${lines.join('\n')}\n` },
    // A library must have a symbol; nobody calls it.
    { path: `${name}/${source}`, text: `void ${symbol}_of_the_system(void) {}\n` },
    ...(optionLines.length === 0
      ? []
      : [{ path: `${name}/meson_options.txt`, text: `${optionLines.join('\n')}\n` }]),
  ];
}
