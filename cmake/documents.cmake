# Turns what PROGRAM --help has printed (the file HELP) into a manual page and completions for bash,
# zsh and fish: OUTPUT.1, OUTPUT.bash, OUTPUT.zsh, OUTPUT.fish.
#
# The form it reads: a line "Usage: ..." with continuation lines, paragraphs, and sections that begin
# with a line of words and a colon; in a section of options, an option's line begins with one or two
# spaces and a dash, its text follows after two spaces or on deeper indented lines. An option's value
# stands behind a space or "=" ("[=" where it may be left out); "a|b|c" are all that it can be.
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${HELP} lines ENCODING UTF-8)

if(PROGRAM STREQUAL "tenonc")
  set(purpose "compile WebAssembly ahead of time to native code")
  set(other tenon)
  set(inputs wasm aot)
else()
  set(purpose "run WebAssembly that tenonc has compiled")
  set(other tenonc)
  set(inputs aot)
endif()
# What the program itself lists with --OPTION=help, and how names are told from the rest (target.h).
set(listed_--target "sed 's/[ ,].*//'")
set(listed_--cpu "sed -n 's/^  //p' | tr ' ' '\\n'")

# ---- reading: the page's body, and of option number i: term_i, text_i, names_i, value_i

function(escape_roff variable text)
  string(REPLACE "\\" "\\e" text "${text}")
  string(REPLACE "-" "\\-" text "${text}")
  string(REGEX REPLACE "^([.'])" "\\\\&\\1" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# Splits "-j,--jobs N=0" into names and value, whose default is left out.
macro(read_term i)
  string(REPLACE ", -" ",-" term_${i} "${term_${i}}")
  string(REGEX MATCHALL "(^|,)-[-A-Za-z0-9]+" names_${i} "${term_${i}}")
  list(TRANSFORM names_${i} REPLACE "^," "")
  if(term_${i} MATCHES "^[-,A-Za-z0-9]+ ([^=]*)")
    string(REGEX REPLACE " [.][.][.]$" "" value_${i} "${CMAKE_MATCH_1}")
  elseif(term_${i} MATCHES "^[-,A-Za-z0-9]+\\[=(.*)\\]$")
    set(value_${i} "${CMAKE_MATCH_1}")
  elseif(term_${i} MATCHES "^[-,A-Za-z0-9]+=(.*)$")
    set(value_${i} "${CMAKE_MATCH_1}")
  else()
    set(value_${i} "")
  endif()
endmacro()

set(page "")
set(options 0)
set(state "text")
foreach(line IN LISTS lines)
  string(STRIP "${line}" words)
  escape_roff(escaped "${words}")
  if(line MATCHES "^Usage: (.*)$")
    escape_roff(usage "${CMAKE_MATCH_1}")
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
  elseif(state STREQUAL "options" AND line MATCHES "^ ? ?(-|[A-Z][^ ]*  )")
    string(FIND "${words}" "  " split)
    string(SUBSTRING "${words}" 0 ${split} term)
    set(text "")
    if(NOT split EQUAL -1)
      string(SUBSTRING "${words}" ${split} -1 text)
      string(STRIP "${text}" text)
    endif()
    escape_roff(escaped_term "${term}")
    string(APPEND page ".TP\n.B ${escaped_term}\n")
    if(NOT text STREQUAL "")
      escape_roff(escaped_text "${text}")
      string(APPEND page "${escaped_text}\n")
    endif()
    set(current "")
    if(term MATCHES "^-")
      set(current ${options})
      math(EXPR options "${options} + 1")
      set(term_${current} "${term}")
      set(text_${current} "${text}")
      read_term(${current})
    endif()
  else()
    if(state STREQUAL "options" AND NOT line MATCHES "^ ")
      string(APPEND page ".PP\n")
      set(state "text")
    endif()
    string(APPEND page "${escaped}\n")
    if(state STREQUAL "options" AND NOT current STREQUAL "")
      string(APPEND text_${current} " ${words}")
      string(STRIP "${text_${current}}" text_${current})
    endif()
  endif()
endforeach()

# ---- the manual page

string(TOUPPER ${PROGRAM} title)
file(WRITE ${OUTPUT}.1
".TH ${title} 1 \"\" \"Tenon ${VERSION}\" \"Tenon\"
.SH NAME
${PROGRAM} \\- ${purpose}
.SH SYNOPSIS
${synopsis}.SH DESCRIPTION
${page}.SH SEE ALSO
.BR ${other} (1)
")

# ---- completion: what each shell needs of every option

# The first sentence, for a list of choices.
function(summary variable text)
  string(REGEX REPLACE "[.;] .*$" "" text "${text}")
  string(REGEX REPLACE "[.]$" "" text "${text}")
  string(REPLACE "'" "" text "${text}")
  string(REPLACE "\"" "" text "${text}")
  string(REPLACE "`" "" text "${text}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

set(bash_names "")
set(bash_values "")
set(zsh_arguments "")
set(fish_lines "")
math(EXPR last "${options} - 1")
foreach(i RANGE ${last})
  summary(summary "${text_${i}}")
  # How the value is completed in each shell.
  set(kind none)
  set(listed "")
  foreach(name IN LISTS names_${i})
    if(DEFINED listed_${name})
      set(listed "${PROGRAM} ${name}=help 2> /dev/null | ${listed_${name}}")
    endif()
  endforeach()
  if(value_${i} STREQUAL "")
    set(kind flag)
  elseif(NOT listed STREQUAL "")
    set(kind listed)
  elseif(value_${i} MATCHES "^[^ ]+[|][^ ]+$" OR value_${i} STREQUAL "json")
    set(kind choice)
    string(REPLACE "|" " " choices "${value_${i}}")
  elseif(value_${i} MATCHES "^(HOST|DIRECTORY)")
    set(kind directory)
  elseif(value_${i} MATCHES "[.]|^FILE")
    set(kind file)
  endif()

  list(JOIN names_${i} "|" pattern)
  list(APPEND bash_names ${names_${i}})
  if(kind STREQUAL "listed")
    string(APPEND bash_values "    ${pattern}) mapfile -t COMPREPLY < <(compgen -W \"$(${listed})\" -- \"$word\"); return ;;\n")
    set(zsh_action ":value:(\${(f)\"\$(${listed})\"})")
    set(fish_value " -x -a \"(${listed})\"")
  elseif(kind STREQUAL "choice")
    string(APPEND bash_values "    ${pattern}) mapfile -t COMPREPLY < <(compgen -W '${choices}' -- \"$word\"); return ;;\n")
    set(zsh_action ":value:(${choices})")
    set(fish_value " -x -a '${choices}'")
  elseif(kind STREQUAL "directory")
    string(APPEND bash_values "    ${pattern}) mapfile -t COMPREPLY < <(compgen -d -- \"$word\"); return ;;\n")
    set(zsh_action ":directory:_files -/")
    set(fish_value " -x -a '(__fish_complete_directories)'")
  elseif(kind STREQUAL "file")
    string(APPEND bash_values "    ${pattern}) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n")
    set(zsh_action ":file:_files")
    set(fish_value " -r -F")
  elseif(kind STREQUAL "none")
    string(APPEND bash_values "    ${pattern}) return ;;\n")
    set(zsh_action ":value: ")
    set(fish_value " -x")
  else()
    set(zsh_action "")
    set(fish_value "")
  endif()

  string(REPLACE "[" "\\[" zsh_summary "${summary}")
  string(REPLACE "]" "\\]" zsh_summary "${zsh_summary}")
  string(REPLACE ":" "\\:" zsh_summary "${zsh_summary}")
  string(REPLACE "'" "'\\''" zsh_action "${zsh_action}")
  foreach(name IN LISTS names_${i})
    set(zsh_name ${name})
    if(NOT kind STREQUAL "flag" AND name MATCHES "^--")
      string(APPEND zsh_name "=")
      if(term_${i} MATCHES "\\[=")
        string(APPEND zsh_name "-")  # only behind the equals sign
        string(REGEX REPLACE "^:" "::" zsh_action "${zsh_action}")
      endif()
    endif()
    string(APPEND zsh_arguments "  '*${zsh_name}[${zsh_summary}]${zsh_action}' \\\n")
    if(name MATCHES "^--(.*)$")
      string(APPEND fish_lines "complete -c ${PROGRAM} -l ${CMAKE_MATCH_1}${fish_value} -d '${summary}'\n")
    elseif(name MATCHES "^-(.)$")
      string(APPEND fish_lines "complete -c ${PROGRAM} -s ${CMAKE_MATCH_1}${fish_value} -d '${summary}'\n")
    endif()
  endforeach()
endforeach()

list(JOIN inputs "|" suffixes)
list(TRANSFORM inputs PREPEND "__fish_complete_suffix ." OUTPUT_VARIABLE fish_inputs)
list(JOIN fish_inputs "; " fish_inputs)
list(JOIN bash_names " " bash_names)

file(WRITE ${OUTPUT}.bash
"# bash completion for ${PROGRAM}
_${PROGRAM}() {
  local word=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD - 1]}
  # \"--option=value\" is three words, or two while there is no value.
  if [[ $word == = ]]; then
    word=
  elif [[ $option == = ]]; then
    option=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $option in
${bash_values}  esac
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '${bash_names}' -- \"$word\")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.@(${suffixes})' -- \"$word\"; compgen -d -- \"$word\")
  fi
}
complete -o filenames -F _${PROGRAM} ${PROGRAM}
")
file(WRITE ${OUTPUT}.zsh
"#compdef ${PROGRAM}
_arguments -s \\
${zsh_arguments}  '*:file:_files -g \"*.(${suffixes})\"'
")
file(WRITE ${OUTPUT}.fish
"# fish completion for ${PROGRAM}
complete -c ${PROGRAM} -f -a '(${fish_inputs})'
${fish_lines}")
