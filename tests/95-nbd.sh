#!/bin/sh
# nbd: an export of nbdkit and one of nbd-server, reached through QEMU's user network; and servers
# that refuse, fail, die and fall silent.
. "${0%/*}/lib.sh"

conf=/etc/kexec-hibernate.conf
port=$((20000 + $$ % 20000))
net="-netdev user,id=net -device virtio-net-pci,netdev=net,mac=52:54:00:12:34:56"
spec=52:54:00:12:34:56,10.0.2.15/24	# no gateway: the server is in the same network
image=$OUT/export.img
said() { guest "$1" "kexec-hibernate --dry-run 2>&1" 60 || :; }
network() { guest "$1" 'ip address add 10.0.2.15/24 dev eth0 && ip link set eth0 up && ip route add default via 10.0.2.2'; }

# The server is this shell's child, so that it ends with it.
serve() {	# arguments of nbdkit
	nbdkit --foreground --no-sr --ipaddr 127.0.0.1 --port "$port" "$@" 2> "$OUT/nbdkit.log" &
	server=$!
	PIDS="${PIDS-} $server"
	answers
}
answers() {
	tries=0
	until qemu-img info "nbd://127.0.0.1:$port/hib" > /dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt "$(limit 100)" ] || die "the server does not answer: $(cat "$OUT"/nbd*.log)"
		sleep 0.1
	done
}
stop_server() { kill -CONT "$server"; kill "$server"; wait "$server" || :; }

disks
truncate -s 1G "$image"
truncate -s 64M "$OUT/initrd.img"

# An initramfs that knows target and network, made in the guest.
serve file "$image"
# shellcheck disable=SC2086 # as below: several arguments
boot make net.ifnames=0 $net -drive "file=$OUT/initrd.img,if=none,id=initrd,format=raw" -device virtio-blk-pci,drive=initrd
guest make "echo TARGET=nbd:10.0.2.2:$port/hib > $conf"
said make | grep -q "nbd:10.0.2.2:$port/hib: no route leads to 10.0.2.2" || die "without a network: $(said make)"
network make
expect "boot-config" "net $spec" "$(guest make '/usr/lib/kexec-hibernate/khib boot-config' | grep ^net)"
said make | grep -q "this boot's initramfs has no net, the way to the server is net 52:54" || die "with another initramfs: $(said make)"
new_initramfs make
off make
INITRD=$OUT/initrd

trip() {	# machine
	# shellcheck disable=SC2086
	boot "$1" net.ifnames=0 $net
	network "$1"
	guest "$1" "echo TARGET=nbd:10.0.2.2:$port/hib > $conf"
	begin_life "$1"
	hibernate "$1" "" "$image"
	# shellcheck disable=SC2086
	boot "$1-back" net.ifnames=0 $net
	guest_end "$1-back"
	check_life "$1-back"
	expect "$1-back: status" "  resumed" "$(guest "$1-back" 'kexec-hibernate status' 60 | sed -n '3s/ [0-9].*//p')"
}
trip nbdkit
echo "note: $(grep -o 'window: .*' "$OUT/nbdkit.console")"
guest nbdkit-back 'kexec-hibernate targets' 60 > "$OUT/targets"
cat "$OUT/targets"
expect "kexec-hibernate targets" "nbd:10.0.2.2:$port/hib
  now    would do: room for 1024 MiB, N MiB of memory are in use
  place  nbd:10.0.2.2:$port/hib
  holds  an image that is used, N MiB
  rate   N MiB/s at the last save, to N % of N MiB" "$(sed 's/[0-9][0-9]* MiB of/N MiB of/; s/used, [0-9]*/used, N/; /rate/s/ [0-9][0-9]*/ N/g' "$OUT/targets")"

# What a plan refuses.
refuses() {	# message
	said nbdkit-back | grep -q "$1" || die "no message '$1' in: $(said nbdkit-back)"
}
stop_server
refuses "target nbd:10.0.2.2:$port/hib: connect: Connection refused"
guest nbdkit-back 'kexec-hibernate targets' 60 | grep -q '  now    would not do: target nbd:.*: connect: Connection refused' ||
	die "targets: $(guest nbdkit-back 'kexec-hibernate targets' 60)"
serve -r file "$image"
refuses "10.0.2.2:$port/hib: the server lets nobody write to the export"
stop_server
truncate -s 20M "$OUT/small.img"
serve file "$OUT/small.img"
refuses "nbd:10.0.2.2:$port/hib: 10.0.2.2:$port/hib has 20480 KiB, [0-9]* KiB of memory are in use"
stop_server
head -c 1M /dev/urandom > "$OUT/other.img"
truncate -s 1G "$OUT/other.img"
serve file "$OUT/other.img"
refuses "10.0.2.2:$port/hib: its first MiB is not blank and holds no image"
stop_server

# What comes in the middle of a save: A is back, in time, with the reason.
count=0
gives_up() {	# message, what to do when B has begun to write
	count=$((count + 1))
	"$BUILD/talk" "$OUT/nbdkit-back" "$(limit 120)" kexec-hibernate > "$OUT/back-$count" 2>&1 &
	talk=$!
	PIDS="$PIDS $talk"
	until_console nbdkit-back 'hibernate: guards: fingerprints' $count
	sleep 1
	began=$(date +%s)
	$2
	status=0
	wait $talk || status=$?
	took=$(($(date +%s) - began))
	cat "$OUT/back-$count"
	echo "note: back after $took s: $1"
	expect "exit status" 3 "$status"
	grep -q "not hibernated: .*10.0.2.2:$port/hib.*$1" "$OUT/back-$count" || die "no message '$1'"
	[ $took -lt "$(limit 60)" ] || die "A was back after $took s"
	check_life nbdkit-back
}
serve_slowly() { serve --filter=rate "$@" rate=20M; }
serve_slowly file "$image"
die_in_the_middle() { kill -9 "$server"; wait "$server" || :; }
gives_up 'the server has closed the connection\|send to the server: \|receive from the server: ' die_in_the_middle
serve_slowly file "$image"
fall_silent() { kill -STOP "$server"; }
gives_up 'the server has not .* within 20 s' fall_silent
stop_server
serve_slowly --filter=error file "$image" error-pwrite=ENOSPC error-pwrite-rate=100% error-pwrite-file="$OUT/full"
be_full() { : > "$OUT/full"; }
gives_up 'No space left on device' be_full
stop_server
kill_machine nbdkit-back

# Another server, of which the next boot finds nothing: it is an ordinary one.
truncate -s 0 "$image"
truncate -s 1G "$image"
cat > "$OUT/nbd.conf" <<END
[generic]
listenaddr = 127.0.0.1
port = $port
allowlist = true
[hib]
exportname = $image
flush = true
END
# It goes to the background by itself.
nbd-server -C "$OUT/nbd.conf" -p "$OUT/nbd-server.pid" > "$OUT/nbd-server.log" 2>&1
answers
server=$(cat "$OUT/nbd-server.pid")
PIDS="$PIDS $server"
trip nbd-server
guest nbd-server-back "echo TARGET=nbd:10.0.2.2:$port/none > $conf"
said nbd-server-back | grep -q "10.0.2.2:$port/none: the server refuses the export: error 6" || die "$(said nbd-server-back)"
kill_machine nbd-server-back
# A lost server does not keep the machine from its boot, which leaves the card as the kernel made it.
stop_server
# shellcheck disable=SC2086
boot alone net.ifnames=0 $net
expect "an ordinary boot" ordinary "$(guest alone 'test -e /dev/shm/random || echo ordinary' 60)"
expect_console alone "no image: .*10.0.2.2:$port/hib: connect: Connection refused"
address() { guest "$1" 'ip -o -4 address show dev eth0; ip -o link show up dev eth0' | grep -c . || :; }
expect "addresses of the card, and is it up" 0 "$(address alone)"
net_up() { guest alone "/usr/lib/kexec-hibernate/khimage net-$1 $2 2>&1" 60 || :; }
expect "another MAC" "khimage: network 52:54:00:00:00:09,10.0.2.15/24: no interface has this MAC" "$(net_up up 52:54:00:00:00:09,10.0.2.15/24)"
expect "no gateway there" "khimage: network $spec,192.0.2.1: set up eth0: Network is unreachable" "$(net_up up "$spec,192.0.2.1")"
expect "addresses of the card, and is it up" 0 "$(address alone)"
expect "set up" "set up" "$(net_up up "$spec,10.0.2.2")"
expect "again" "was up" "$(net_up up "$spec")"
expect "addresses of the card, and is it up" 2 "$(address alone)"
expect "taken down" "" "$(net_up down "$spec")"
monitor alone 'set_link net off' > /dev/null
expect "no link" "khimage: network $spec: eth0 has no link after 6 s" "$(net_up up "$spec")"
expect "addresses of the card, and is it up" 0 "$(address alone)"
kill_machine alone
# And a card that was up before is left up: the root may be on a server.
# shellcheck disable=SC2086
boot rooted "net.ifnames=0 ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off" $net
expect "addresses of the card, and is it up" 2 "$(address rooted)"
