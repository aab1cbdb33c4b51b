#compdef ciaos
# Completion of ciaos for zsh: source <(ciaos completion zsh)
# The program itself says what may come next. What it does not know is completed as a file's name.

_ciaos() {
    local line="ciaos${BUFFER[${#words[1]}+1,CURSOR]}" word=${words[CURRENT]} candidate
    local -a found folders
    for candidate in "${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}"; do
        [[ -n $candidate ]] || continue
        [[ $candidate == -* && $word != -* ]] && continue
        if [[ $candidate == */ ]]; then folders+=("$candidate"); else found+=("$candidate"); fi
    done
    (( ${#folders} )) && compadd -S '' -- "${folders[@]}"
    (( ${#found} )) && compadd -- "${found[@]}"
    (( ${#found} + ${#folders} )) || _files
}

compdef _ciaos ciaos
