# SPDX-License-Identifier: Apache-2.0
# A Slurm of its own for a test, on this machine and in the folder where the test works: munged, slurmctld and a slurmd with two processors, which go at the end. Sourced
# behind trace_shell.sh.
PATH=$PATH:/usr/sbin:/sbin
slurm=$folder/slurm

for needed in munged slurmctld slurmd sbatch squeue; do
  command -v $needed >/dev/null || { echo "skipped: $needed is not installed (Debian: slurmctld slurmd slurm-client munge)"; exit 77; }
done

# ended PID: it is gone, within half a minute.
ended() {
  for _ in $(seq 300); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$1"
}

slurm_stop() {
  for daemon in ${slurmd_pid:-} ${slurmctld_pid:-} ${munged_pid:-}; do
    kill "$daemon" 2>/dev/null || continue
    ended "$daemon"
  done
}
trap 'slurm_stop; rm -rf "$folder"' EXIT

# slurm_conf PORT: two ports from there on.
slurm_conf() {
  cat >"$slurm/slurm.conf" <<CONF
ClusterName=oio
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$1
SlurmdPort=$(($1 + 1))
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$slurm/munge.socket
CredType=cred/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0,bf_interval=1
KillWait=1
MinJobAge=2
StateSaveLocation=$slurm/state
SlurmdSpoolDir=$slurm/spool
SlurmctldPidFile=$slurm/slurmctld.pid
SlurmdPidFile=$slurm/slurmd.pid
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=2
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
CONF
}

# idle: the node waits for work. False: not in ten seconds, or a daemon has ended, as where the port is another's.
idle() {
  for _ in $(seq 100); do
    kill -0 $slurmctld_pid 2>/dev/null && kill -0 $slurmd_pid 2>/dev/null || return 1
    [ "$(timeout 5 sinfo --noheader --format=%t 2>/dev/null)" = idle ] && return 0
    sleep 0.1
  done
  return 1
}

slurm_start() {
  mkdir -p "$slurm/state" "$slurm/spool"
  chmod 755 "$folder" "$slurm"
  head -c 1024 /dev/urandom >"$slurm/key"
  chmod 600 "$slurm/key"
  munged --force --foreground --key-file="$slurm/key" --socket="$slurm/munge.socket" --pid-file="$slurm/munge.pid" --log-file="$slurm/munge.log" --seed-file="$slurm/munge.seed" >"$slurm/munged.out" 2>&1 &
  munged_pid=$!
  export SLURM_CONF="$slurm/slurm.conf"
  for try in 1 2 3 4 5; do
    slurm_conf $((20000 + ($$ * 10 + try * 2) % 12000))
    slurmctld -D -i >"$slurm/slurmctld.log" 2>&1 &
    slurmctld_pid=$!
    slurmd -D >"$slurm/slurmd.log" 2>&1 &
    slurmd_pid=$!
    idle && return
    kill $slurmctld_pid $slurmd_pid 2>/dev/null || true
    ended $slurmctld_pid
    ended $slurmd_pid
  done
  fail "Slurm does not start: $(tail -n 3 "$slurm/munged.out" "$slurm/slurmctld.log" "$slurm/slurmd.log")"
}
