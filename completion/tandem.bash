# Completion of the program's commands and options for bash.
_tandem()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}

    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W 'serve call answer register subscribe options message request load cert check ctl parse trace user help --help --version' -- "$cur")
        return
    fi
    case $command in
    help)
        mapfile -t COMPREPLY < <(compgen -W 'serve call answer register subscribe options message request load cert check ctl parse trace user' -- "$cur")
        ;;
    serve)
        case $prev in
        --listen) mapfile -t COMPREPLY < <(compgen -W 'udp: tcp: tls:' -- "$cur"); compopt -o nospace ;;
        --data) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        --config | --control) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        --user) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
        --domain | --workers | --metrics) ;;
        *) mapfile -t COMPREPLY < <(compgen -W '--config --listen --domain --data --control --metrics --workers --user --no-sandbox --no-auth --json --verbose --help' -- "$cur") ;;
        esac
        ;;
    cert)
        case $prev in
        --out) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -W '--out --days --help' -- "$cur") ;;
        esac
        ;;
    check)
        case $cur in
        -*) mapfile -t COMPREPLY < <(compgen -W '--file-only --json --example --explain --request --script --function --from --source --transport --sender --header --help' -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        esac
        ;;
    ctl)
        case $prev in
        --socket) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        --data) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        log) mapfile -t COMPREPLY < <(compgen -W 'error warn info debug' -- "$cur") ;;
        group) mapfile -t COMPREPLY < <(compgen -W 'login logout' -- "$cur") ;;
        forward) mapfile -t COMPREPLY < <(compgen -W 'always busy no-answer offline off' -- "$cur") ;;
        peers) mapfile -t COMPREPLY < <(compgen -W 'out in' -- "$cur") ;;
        explain) ;;
        registrations) mapfile -t COMPREPLY < <(compgen -W 'remove --limit' -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -W 'status registrations users forward group calls trace transactions bans ban unban accounts domains log drain reload peers explain help --socket --data --json --limit --after --help' -- "$cur") ;;
        esac
        ;;
    user)
        case $prev in
        --data) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -W 'add password remove list import --data --generate --json --help' -- "$cur") ;;
        esac
        ;;
    options | message | request | register | subscribe | call | answer)
        local client='--as --server --listen --password-file --auth-user --ca --certificate --trust-all --json --verbose --trace --help'
        case $command in
        options) client+=' --via-server --timeout --header' ;;
        message) client+=' --via-server --timeout --header --type' ;;
        request) client+=' --via-server --timeout --header --type --body' ;;
        register) client+=' --expires --once --outbound' ;;
        subscribe) client+=' --via-server --header --expires --once' ;;
        call) client+=' --via-server --timeout --header --play --record --dtmf --codec --audio --latch --transfer --for' ;;
        answer) client+=' --via-server --expires --outbound --play --record --dtmf --codec --audio --latch --transfer --for --after --reject --calls' ;;
        esac
        case $prev in
        --listen) mapfile -t COMPREPLY < <(compgen -W 'udp: tcp: tls:' -- "$cur"); compopt -o nospace ;;
        --password-file | --ca | --certificate | --body | --play | --record) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        --audio) mapfile -t COMPREPLY < <(compgen -W 'file none alsa' -- "$cur") ;;
        --via-server) mapfile -t COMPREPLY < <(compgen -W 'none' -- "$cur") ;;
        --as | --server | --auth-user | --timeout | --header | --type | --expires | --dtmf | --codec | --for | --after | --reject | --calls) ;;
        *) mapfile -t COMPREPLY < <(compgen -W "$client" -- "$cur") ;;
        esac
        ;;
    load)
        case $prev in
        load) mapfile -t COMPREPLY < <(compgen -W 'call answer register options message subscribe run' -- "$cur") ;;
        --server | --local) mapfile -t COMPREPLY < <(compgen -W 'udp: tcp: tls:' -- "$cur"); compopt -o nospace ;;
        run | --password-file | --table | --ca | --certificate) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        --rate | --count | --for | --concurrent | --hold | --ring | --users | --first | --ports | --auth-user | --key | --timeout | --max-fail | --step | --max-latency | --expires | --every) ;;
        *) mapfile -t COMPREPLY < <(compgen -W '--rate --count --for --concurrent --poisson --hold --ring --users --first --ports --local --server --answer --register --auth-user --password-file --table --key --timeout --max-fail --ramp --step --max-latency --expires --every --rfc7502 --ca --certificate --trust-all --separate --show --json --help' -- "$cur") ;;
        esac
        ;;
    trace)
        case $prev in
        --call | --user | --number | --method | --code | --from-time | --to-time | --address | --contains | --hep) return ;;
        esac
        case $cur in
        -*) mapfile -t COMPREPLY < <(compgen -W '--screen --list --text --ascii --json --svg --html --pcap --hep --call --user --number --method --code --address --from-time --to-time --contains --explain --lint --sarif --severity --ignore --streams --follow --interface --listen --filter --socket --data --keylog --help' -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        esac
        ;;
    parse)
        case $prev in
        --severity) mapfile -t COMPREPLY < <(compgen -W 'hint warning error' -- "$cur"); return ;;
        --ignore | --explain) return ;;
        esac
        case $cur in
        -*) mapfile -t COMPREPLY < <(compgen -W '--json --sarif --sequence --severity --ignore --explain --help' -- "$cur") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        esac
        ;;
    esac
}
complete -F _tandem tandem
