# Completion of ciaos for fish: ciaos completion fish | source
# The program itself says what may come next; fish adds names of files.

function __ciaos_suggest
    set -l typed (commandline -cp)
    set -l program (commandline -opc)[1]
    set -l line (string replace -r '^\s*\S+' ciaos -- $typed)
    set -l word (commandline -ct)
    for candidate in ($program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
        if string match -q -- '-*' $candidate; and not string match -q -- '-*' "$word"
            continue
        end
        test -n "$candidate"; and echo $candidate
    end
end

complete -c ciaos -a '(__ciaos_suggest)'
