# Completion of ciaos for bash: source <(ciaos completion bash)
# The program itself says what may come next. What it does not know is completed as a file's name.

_ciaos() {
    local command=${COMP_WORDS[0]} line=${COMP_LINE:0:COMP_POINT} word candidate
    # The program knows itself as ciaos, however it was called.
    line="ciaos${line:${#command}}"
    word=${line##* }
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate && $candidate == "$word"* ]] || continue
        # Options are offered only to who begins one: else they would stand between files and keys.
        [[ $candidate == [-/]* && $word != "${candidate:0:1}"* ]] && continue
        COMPREPLY+=("$candidate")
    done < <("$command" "[suggest:${#line}]" "$line" 2>/dev/null)
    # A folder of keys is not the end of a word.
    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
    # bash takes a colon for the end of a word: what stands before it is not to be inserted again.
    if [[ $word == *:* && $COMP_WORDBREAKS == *:* ]]; then
        local before=${word%"${word##*:}"} index
        for index in "${!COMPREPLY[@]}"; do
            COMPREPLY[index]=${COMPREPLY[index]#"$before"}
        done
    fi
    # A key may have any character: those that the shell would take for its own are escaped.
    local index
    for index in "${!COMPREPLY[@]}"; do
        COMPREPLY[index]=$(printf '%q' "${COMPREPLY[index]}")
    done
}

complete -o default -F _ciaos ciaos
