#!/bin/sh
# file: a file that is there for images alone, on ext4, btrfs and vfat.
. "${0%/*}/lib.sh"

conf=/etc/kexec-hibernate.conf
place() { guest "$1" '/usr/lib/kexec-hibernate/khib boot-config' | sed -n 's/^target file://p'; }
make_file() { guest "$1" "kexec-hibernate format file:$2 600M && echo TARGET=file:$2 > $conf" 120; }
files() { guest "$1" 'while read -r name type rest; do [ $type != file ] || echo $name; done < /proc/swaps'; }

# A round trip of machine $1, which is running, to $1-back; the file $2 lies at this place.
trip() {	# name, path, place
	guest "$1" "head -c 40M /dev/urandom > ${2%/*}/bystander; sha256sum < ${2%/*}/bystander > /run/bystander; sync" 60
	begin_life "$1"
	hibernate "$1" "" -
	expect_console "$1" "image on ${3%@*} is armed"
	boot "$1-back" "khib.resume=file:$3"
	guest_end "$1-back"
	check_life "$1-back"
	expect "$1-back: files that are swapped to" "" "$(files "$1-back")"
	expect "$1-back: bystander" same "$(guest "$1-back" "sha256sum < ${2%/*}/bystander | cmp - /run/bystander && echo same")"
	expect "$1-back: status" "  resumed" "$(guest "$1-back" 'kexec-hibernate status' 60 | sed -n '3s/ [0-9].*//p')"
}

# What format refuses, and what is refused of a file that is no longer as format has left it.
disks
boot make bdev_allow_write_mounted=1
refuses() {	# message, command
	! out=$(guest make "$2 2>&1" 60) || die "no failure: $2"
	echo "$out" | grep -q "$1" || die "no message '$1' in: $out"
}
make_file make /hib.img
refuses '/hib.img: is there already; delete it first' 'kexec-hibernate format file:/hib.img'
refuses '/much: 1048576 MiB are wanted, [0-9]* MiB are free there' 'kexec-hibernate format file:/much 1T'
refuses '/run/hib: the kernel does not swap to it' 'kexec-hibernate format file:/run/hib 1M'
refuses 'numfmt: invalid number: .huge' 'kexec-hibernate format file:/huge huge'
expect "what a refusal leaves" "" "$(guest make 'ls -d /much /run/hib /huge 2>/dev/null' || :)"
refuses 'file:/hib.img: this boot has not looked there for an image' 'kexec-hibernate'
place=$(place make)
case $place in /dev/vda@[1-9]*) ;; *) die "place of /hib.img: $place" ;; esac
off make

# What is cached would have to be saved as well.
said() { guest "$1" "echo 3 > /proc/sys/vm/drop_caches; kexec-hibernate --dry-run 2>&1" 60 || :; }
boot changed "khib.resume=file:$place bdev_allow_write_mounted=1"
said changed | grep -q '^plan: save to file:/hib.img=new' || die "$(said changed)"
guest changed 'cp /hib.img /copy; fallocate -p -o 100M -l 1M /hib.img; sync'
said changed | grep -q '^plan: save to file:/hib.img=new' || die "$(said changed)"
guest changed '! kexec-hibernate > /run/said 2>&1; grep -q "^kexec-hibernate: file:/hib.img: swapon /hib.img (the kernel.s log may say more): Invalid argument" /run/said' 60 ||
	die "of a hole: $(guest changed 'cat /run/said; dmesg | tail -n 3')"
guest changed 'truncate -s 100M /hib.img'
said changed | grep -q 'file:/hib.img: /hib.img has 102400 KiB, its header says 614400: delete it' ||
	die "of a file that was cut: $(said changed)"
guest changed 'mv /copy /hib.img'
said changed | grep -q 'file:/hib.img: this boot has not looked there for an image: run update-initramfs' ||
	die "of a file that was replaced: $(said changed)"
guest changed 'echo > /hib.img'
said changed | grep -q '/hib.img: .*is no swap file\|read /hib.img:' || die "of no swap file: $(said changed)"
expect "files that are swapped to" "" "$(files changed)"
guest changed 'rm /hib.img'
make_file changed /root/hib.img
place=$(place changed)
off changed

boot ext4 "khib.resume=file:$place bdev_allow_write_mounted=1"
trip ext4 /root/hib.img "$place"
# Nothing is left of it: the next one goes the same way.
said ext4-back | grep -q '^plan: save to file:/root/hib.img=new' || die "$(said ext4-back)"
kill_machine ext4-back

for fs in btrfs vfat; do
	disks
	"mkfs.$fs" "$OUT/target.img" > /dev/null
	boot "$fs-make" bdev_allow_write_mounted=1
	guest "$fs-make" 'mkdir /x; mount /dev/vdb /x'
	make_file "$fs-make" /x/hib.img
	place=$(place "$fs-make")
	case $place in /dev/vdb@[1-9]*) ;; *) die "place of the file on $fs: $place" ;; esac
	guest "$fs-make" 'umount /x'
	off "$fs-make"
	boot "$fs" "khib.resume=file:$place bdev_allow_write_mounted=1"
	guest "$fs" 'mount /dev/vdb /x'
	trip "$fs" /x/hib.img "$place"
	guest "$fs-back" 'umount /x'
	off "$fs-back"
	case $fs in
	btrfs) btrfs check --readonly --check-data-csum "$OUT/target.img" ;;
	vfat) fsck.vfat -n "$OUT/target.img" ;;
	esac > "$OUT/fsck-$fs" 2>&1 || die "$(cat "$OUT/fsck-$fs")"
done
