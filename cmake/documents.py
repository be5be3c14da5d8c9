#!/usr/bin/env python3
"""Writes a program's manual page and its completions for bash, zsh and fish.

    documents.py PROGRAM VERSION HELP OUTPUT

They are OUTPUT.1, OUTPUT.bash, OUTPUT.zsh and OUTPUT.fish. The file HELP is what `PROGRAM --help` prints, which is the one list of options. Its form: a line
"Usage: ..." with indented lines after it, paragraphs, and sections that begin with a line of words
and a colon. In a section, an entry's line is indented by one or two spaces; its text follows after
two spaces, or on deeper indented lines. The value of an option follows a space or "=" ("[=" where
it may be left out); a default follows as "=DEFAULT". A line that fits nowhere is an error.
"""
import dataclasses
import re
import sys

# What --help does not say: the purpose, the other program, the endings of input files.
PROGRAMS = {
    'tenon': ('run WebAssembly that tenonc has compiled', 'tenonc', ['aot']),
    'tenonc': ('compile WebAssembly ahead of time to native code', 'tenon', ['wasm', 'aot']),
}

# Values that the program itself lists with OPTION=help, and the command that takes the names out of
# that list (compiler/target/target.h).
LISTED = {
    '--target': r"sed 's/[ ,].*//'",
    '--cpu': r"sed -n 's/^  //p' | tr ' ' '\n'",
}


@dataclasses.dataclass
class Text:
    lines: list


@dataclasses.dataclass
class Heading:
    words: str


@dataclasses.dataclass
class Entry:
    """A line of a section: an option, or an argument without a dash."""
    term: str
    lines: list

    @property
    def is_option(self):
        return self.term.startswith('-')

    @property
    def names(self):
        return re.findall(r'(?:^|, ?)(-[-A-Za-z0-9]+)', self.term)

    @property
    def value_is_optional(self):
        return '[=' in self.term

    @property
    def value(self):
        """Without default and repetition marks; empty: the option takes none."""
        rest = self.term[re.match(r'(?:(?:, ?)?-[-A-Za-z0-9]+)+', self.term).end():]
        if rest.startswith('[='):
            return rest[2:-1]
        if rest.startswith('='):
            return rest[1:]
        return re.sub(r'=.*| \.\.\.$', '', rest[1:])

    @property
    def summary(self):
        """The first sentence or clause, for a list of choices; no quotes, for the shells."""
        return re.sub(r"[.;] .*|[.]$|['\"`]", '', ' '.join(self.lines))


def parse(help_text):
    """The lines of the usage, and the blocks that follow."""
    usage, blocks, state = [], [], 'text'
    for line in help_text.splitlines():
        words = line.strip()
        entry = re.match(r' {1,2}(\S.*?)(?: {2,}(.*))?$', line)
        if line.startswith('Usage: '):
            usage.append(line.removeprefix('Usage: '))
            state = 'usage'
        elif state == 'usage' and line.startswith('  '):
            usage.append(words)
        elif not words:
            state = 'section' if state == 'section' else 'text'
            if blocks and isinstance(blocks[-1], Text) and blocks[-1].lines:
                blocks.append(Text([]))
        elif re.fullmatch(r'[A-Z][A-Za-z ]*:', line):
            blocks.append(Heading(line[:-1]))
            state = 'section'
        elif state == 'section' and entry:
            blocks.append(Entry(entry[1], [entry[2]] if entry[2] else []))
        elif state == 'section' and line.startswith('   ') and isinstance(blocks[-1], Entry):
            blocks[-1].lines.append(words)
        elif not line.startswith(' '):
            state = 'text'
            if not blocks or not isinstance(blocks[-1], Text):
                blocks.append(Text([]))
            blocks[-1].lines.append(words)
        else:
            sys.exit(f'documents.py: a line of --help that fits nowhere: {line!r}')
    for block in blocks:
        if isinstance(block, Entry) and not block.lines:
            sys.exit(f'documents.py: {block.term} has no text')
    if not usage or not any(isinstance(block, Entry) and block.is_option for block in blocks):
        sys.exit('documents.py: no usage, or no options')
    return usage, [block for block in blocks if not isinstance(block, Text) or block.lines]


def roff(text):
    text = text.replace('\\', '\\e').replace('-', '\\-')
    return '\\&' + text if text.startswith(('.', "'")) else text


def manual_page(program, version, usage, blocks):
    purpose, other, _ = PROGRAMS[program]
    page = [f'.TH {program.upper()} 1 "" "Tenon {version}" "Tenon"',
            '.SH NAME', f'{program} \\- {purpose}',
            '.SH SYNOPSIS', '\n.br\n'.join(map(roff, usage)),
            '.SH DESCRIPTION']
    for block in blocks:
        if isinstance(block, Heading):
            page.append(f'.SH {block.words.upper()}')
            continue
        page += ['.TP', f'.B {roff(block.term)}'] if isinstance(block, Entry) else ['.PP']
        page += map(roff, block.lines)
    return '\n'.join(page + ['.SH SEE ALSO', f'.BR {other} (1)', ''])


@dataclasses.dataclass
class Completion:
    """How each shell completes an option's value; the defaults are an option without."""
    bash: str = None
    zsh: str = ''
    fish: str = ''


def completion_of(program, option):
    value = option.value
    listed = next((LISTED[name] for name in option.names if name in LISTED), None)
    if not value:
        return Completion()
    if listed:
        command = f'{program} {option.names[-1]}=help 2> /dev/null | {listed}'
        quoted = command.replace("'", "'\\''")
        return Completion(f'compgen -W "$({command})" -- "$word"',
                          f':value:(${{(f)"$({quoted})"}})', f' -x -a "({command})"')
    if re.fullmatch(r'[^ ]+[|][^ ]+', value) or option.value_is_optional:
        choices = value.replace('|', ' ')
        return Completion(f"compgen -W '{choices}' -- \"$word\"", f':value:({choices})',
                          f" -x -a '{choices}'")
    if value.startswith(('HOST', 'DIRECTORY')):
        return Completion('compgen -d -- "$word"', ':directory:_files -/',
                          " -x -a '(__fish_complete_directories)'")
    if '.' in value or value.startswith('FILE'):
        return Completion('compgen -f -- "$word"', ':file:_files', ' -r -F')
    return Completion('', ':value: ', ' -x')


BASH = '''# bash completion for {program}
_{program}() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD - 1]}}
  # "--option=value" is three words, or two while there is no value.
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $option in
{values}
  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '{names}' -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.@({endings})' -- "$word"; compgen -d -- "$word")
  fi
}}
complete -o filenames -F _{program} {program}
'''


def bash(program, options):
    values = []
    for option in options:
        completion = completion_of(program, option).bash
        if completion is None:
            continue
        action = f'mapfile -t COMPREPLY < <({completion}); ' if completion else ''
        values.append(f'    {"|".join(option.names)}) {action}return ;;')
    names = ' '.join(name for option in options for name in option.names)
    return BASH.format(program=program, values='\n'.join(values), names=names,
                       endings='|'.join(PROGRAMS[program][2]))


def zsh(program, options):
    lines = []
    for option in options:
        summary = re.sub(r'[][:]', r'\\\g<0>', option.summary)
        action = completion_of(program, option).zsh
        for name in option.names:
            mark, its_action = '', action
            if action and name.startswith('--'):
                mark = '='
                if option.value_is_optional:  # only after the equals sign
                    mark, its_action = '=-', ':' + action
            lines.append(f"  '*{name}{mark}[{summary}]{its_action}' \\\n")
    endings = '|'.join(PROGRAMS[program][2])
    return (f'#compdef {program}\n_arguments -s \\\n' + ''.join(lines) +
            f"  '*:file:_files -g \"*.({endings})\"'\n")


def fish(program, options):
    inputs = '; '.join(f'__fish_complete_suffix .{ending}' for ending in PROGRAMS[program][2])
    lines = [f'# fish completion for {program}', f"complete -c {program} -f -a '({inputs})'"]
    for option in options:
        action = completion_of(program, option).fish
        for name in option.names:
            form = f'-l {name[2:]}' if name.startswith('--') else f'-s {name[1:]}'
            lines.append(f"complete -c {program} {form}{action} -d '{option.summary}'")
    return '\n'.join(lines) + '\n'


def main():
    program, version, help_path, output = sys.argv[1:]
    with open(help_path, encoding='utf-8') as file:
        usage, blocks = parse(file.read())
    options = [block for block in blocks if isinstance(block, Entry) and block.is_option]
    for ending, text in (('1', manual_page(program, version, usage, blocks)),
                         ('bash', bash(program, options)), ('zsh', zsh(program, options)),
                         ('fish', fish(program, options))):
        with open(f'{output}.{ending}', 'w', encoding='utf-8') as file:
            file.write(text)


if __name__ == '__main__':
    main()
