# Turns what PROGRAM --help has printed (the file HELP) into a manual page and completions for bash
# and zsh: OUTPUT.1, OUTPUT.bash, OUTPUT.zsh.
#
# The form it reads: a line "Usage: ..." with continuation lines, paragraphs, and sections that begin
# with a line of words and a colon; in a section of options, an option's line begins with one or two
# spaces and a dash, its text follows after two spaces or on deeper indented lines.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${HELP} lines ENCODING UTF-8)

function(escape variable text)
  string(REPLACE "\\" "\\e" text "${text}")
  string(REPLACE "-" "\\-" text "${text}")
  string(REGEX REPLACE "^([.'])" "\\\\&\\1" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(page "")
set(options "")
set(state "text")
set(summary "")
foreach(line IN LISTS lines)
  # CLI11 names the program by its path.
  string(REGEX REPLACE "^Usage: [^ ]*/" "Usage: " line "${line}")
  string(STRIP "${line}" words)
  escape(escaped "${words}")
  if(line MATCHES "^Usage: (.*)$")
    escape(usage "${CMAKE_MATCH_1}")
    string(APPEND synopsis "${usage}\n")
    set(state "usage")
  elseif(state STREQUAL "usage" AND line MATCHES "^  +[^ ]")
    string(APPEND synopsis ".br\n${escaped}\n")
  elseif(words STREQUAL "")
    string(APPEND page ".PP\n")
    if(NOT state STREQUAL "options")
      set(state "text")
    endif()
  elseif(line MATCHES "^([A-Z][A-Za-z ]*):$")
    string(TOUPPER "${CMAKE_MATCH_1}" heading)
    string(APPEND page ".SH ${heading}\n")
    set(state "options")
  elseif(state STREQUAL "options" AND line MATCHES "^ ? ?[-A-Z]" AND line MATCHES "^ ? ?(-|[A-Z][^ ]*  )")
    # "  --name=VALUE   text", "  -o OUT  text", "  IN.wasm   text"
    if(words MATCHES "^(.*[^ ])   *(.*)$")
      string(FIND "${words}" "  " split)
      string(SUBSTRING "${words}" 0 ${split} term)
      string(SUBSTRING "${words}" ${split} -1 text)
      string(STRIP "${text}" text)
    else()
      set(term "${words}")
      set(text "")
    endif()
    escape(escaped_term "${term}")
    escape(escaped_text "${text}")
    string(APPEND page ".TP\n.B ${escaped_term}\n")
    if(NOT text STREQUAL "")
      string(APPEND page "${escaped_text}\n")
    endif()
    string(REGEX MATCHALL "(^|[ ,])-[-A-Za-z0-9]+" names "${term}")
    foreach(name IN LISTS names)
      string(REGEX REPLACE "^[ ,]" "" name "${name}")
      list(APPEND options "${name}")
    endforeach()
  else()
    if(state STREQUAL "options" AND NOT line MATCHES "^ ")
      string(APPEND page ".PP\n")
      set(state "text")
    endif()
    if(summary STREQUAL "" AND NOT state STREQUAL "options")
      set(summary "${escaped}")
    endif()
    string(APPEND page "${escaped}\n")
  endif()
endforeach()

string(TOUPPER ${PROGRAM} title)
if(PROGRAM STREQUAL "tenonc")
  set(purpose "compile WebAssembly ahead of time to native code")
  set(other tenon)
  set(suffix "wasm|aot")
else()
  set(purpose "run WebAssembly that tenonc has compiled")
  set(other tenonc)
  set(suffix "aot")
endif()
file(WRITE ${OUTPUT}.1
".TH ${title} 1 \"\" \"Tenon ${VERSION}\" \"Tenon\"
.SH NAME
${PROGRAM} \\- ${purpose}
.SH SYNOPSIS
${synopsis}.SH DESCRIPTION
${page}.SH SEE ALSO
.BR ${other} (1)
")

list(REMOVE_DUPLICATES options)
list(JOIN options " " words)
file(WRITE ${OUTPUT}.bash
"# bash completion for ${PROGRAM}
_${PROGRAM}() {
  local word=\${COMP_WORDS[COMP_CWORD]}
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${words}' -- \"$word\")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.@(${suffix})' -- \"$word\"; compgen -d -- \"$word\")
  fi
}
complete -o filenames -F _${PROGRAM} ${PROGRAM}
")
string(REPLACE "|" "|*." zsh_suffix "${suffix}")
file(WRITE ${OUTPUT}.zsh
"#compdef ${PROGRAM}
if [[ $words[CURRENT] == -* ]]; then
  compadd -- ${words}
else
  _files -g '(*.${zsh_suffix})'
fi
")
