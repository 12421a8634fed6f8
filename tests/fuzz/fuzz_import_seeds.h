/* SPDX-License-Identifier: Apache-2.0 */
/* Good captures to start from, written by hand; those of Chakra with tests/system/chakra_encode.awk. */
#ifndef FUZZ_IMPORT_SEEDS_H
#define FUZZ_IMPORT_SEEDS_H

#include <stddef.h>

#define SEED(format, text)                                                                                                                 \
  { format, text, sizeof(text) - 1 }

static const struct {
  const char *format, *bytes;
  size_t count;
} seeds[] = {
    SEED("tt-npe", "[{\"zone\": 1},\n"
                   "{\"src_device_id\": 0, \"dst_device_id\": 3, \"num_bytes\": 1088, \"timestamp\": 17, \"type\": \"WRITE_\"},\n"
                   "{\"src_device_id\": 2, \"num_bytes\": 32, \"timestamp\": 5, \"type\": \"FABRIC_UNICAST_WRITE\", \"fabric_send\": "
                   "{\"eth_chan\": 1,\n"
                   " \"hops\": 1, \"path\": [{\"device\": 2}, {\"device\": 7}]}}]\n"),
    SEED("mpi", "oio-record 1\nrank 1\nranks 3\nprogram p\nhost h\nlibrary l\nbegin_ns 12345\n---\n"
                "\002\000\000\000\357\233\257\205\211\317\225\232\022\003\002\000\000\001c\001\003\350\007\000\000\002\016\210'\000"
                "\005\000\036\001\001\004\n\000\000\005\000\364\003\001\001\001\000\001\003\005\005\001\001\006\000\001\004\005\005"
                "\001\006\254\002\024\005\000F\002\002\001\001\001\006\007\007\000\000\001\254\002\001\005\000\011\001\001\007\007"
                "\000\001\001\254\002\001\005\000\011\001\001\007\007\000\002\001\254\002\001\005\000\011\001\001\007\007\000\003"
                "\001\254\002\001\005\000\011\001\001\007\007\000\004\001\254\002\001\005\000\011\001\001\007\007\000\005\001\254"
                "\002\001\005\000\011\001\001\007\007\000\006\001\254\002\001\005\000\011\001\001\007\007\000\007\001\254\002\001"
                "\005\000\011\001\001\007\007\000\010\001\254\002\001\005\000\011\001\001\010\007\000\000\001\002\000\n\002\024\002"
                "\000\002\005\000\011\001\001\004\004\001\000\005\001\001\001\001\000\011\003\003\004\001\n\000"),
    SEED("wave", "clock top.clk\nreset top.rst_n low\nport 0 1\nvalid top.bus[4]\nready top.bus[5]\nlast top.bus[3]\n"
                 "vc top.bus[2:0]\ndata top.data\nkeep top.keep\n"
                 "\0"
                 "$timescale 100ps $end\n$scope module top $end\n$var wire 1 c clk $end\n$var wire 1 r rst_n $end\n"
                 "$var wire 6 b bus [5:0] $end\n$var wire 4 k keep [3:0] $end\n$var wire 32 d data [31:0] $end\n"
                 "$upscope $end\n$enddefinitions $end\n#0\n0c\n0r\nb011000 b\nb1111 k\nb0 d\n#50\n1c\n#60\n1r\n#100\n"
                 "0c\n#150\n1c\n#160\nb110010 b\n#200\n0c\n#250\n1c\n#260\nb111111 b\nb0011 k\n#300\n0c\n#350\n1c\n"
                 "b001000 b\n#400\n0c\n#450\n1c\n#460\nbx11000 b\n#500\n0c\n#550\n1c\n#560\nb111001 b\nb1111 k\n#600\n"
                 "0c\n#650\n1c\n#660\nb110000 b\n#700\n0c\n#750\n1c\n#800\n"),
    SEED("wave", "clock top.clk falling\nreset top.rst_n low\nport 8 0\nvalid top.bus[4]\nready top.bus[5]\n"
                 "last top.bus[3]\ndestination top.bus[2:0]\ndata top.data\nkeep top.keep\n"
                 "\0"
                 "$timescale 100ps $end\n$scope module top $end\n$var wire 1 c clk $end\n$var wire 1 r rst_n $end\n"
                 "$var wire 6 b bus [5:0] $end\n$var wire 4 k keep [3:0] $end\n$var wire 32 d data [31:0] $end\n"
                 "$upscope $end\n$enddefinitions $end\n#0\n0c\n0r\nb011000 b\nb1111 k\nb0 d\n#50\n1c\n#60\n1r\n#100\n"
                 "0c\n#150\n1c\n#160\nb110010 b\n#200\n0c\n#250\n1c\n#260\nb111111 b\nb0011 k\n#300\n0c\n#350\n1c\n"
                 "b001000 b\n#400\n0c\n#450\n1c\n#460\nbx11000 b\n#500\n0c\n#550\n1c\n#560\nb111001 b\nb1111 k\n#600\n"
                 "0c\n#650\n1c\n#660\nb110000 b\n#700\n0c\n#750\n1c\n#800\n"),
    SEED("wave", "clock t.clk\nport 0 1\nvalid t.valid\ndata t.data\n"
                 "\0"
                 "$date d $end\n$version v $end\n$timescale 1ns $end\n$scope module t $end\n$var port 1 <0 clk $end\n"
                 "$var port 1 <1 valid $end\n$var port [7:0] <2 data $end\n$upscope $end\n$enddefinitions $end\n#0\n"
                 "pD 6 0 <0\npU 0 6 <1\npDDDDUUUU 66660000 00006666 <2\n#5\npU 0 6 <0\n#10\npD 6 0 <0\n#15\n"
                 "pU 0 6 <0\n#20\n"),
    SEED("chakra-json",
         "{\"workload_graph\": [{\"Id\": 1, \"NodeName\": \"a\", \"NodeType\": 7, \"sys_deps\": [], \"data_deps\": [2]}]}\n"),
    SEED("chakra-json", "{\n  \"workload_graph\": []\n}\n"),
    SEED("chakra-json", "[{\"zone\": 1},\n{\"src_device_id\": 0, \"dst_device_id\": 3, \"num_bytes\": 1088, \"timestamp\": 17}]\n"),
    SEED("goal", "num_ranks 3\n"
                 "rank 0 {\n"
                 "a: calc 100\n"
                 "b: send 64b to 1 tag 7\n"
                 "b requires a\n"
                 "c: recv 32b from 2\n"
                 "d: calc 5 cpu 1\n"
                 "d irequires c\n"
                 "}\n"
                 "rank 1 {\n"
                 "a: recv 64b from 0 tag 7\n"
                 "}\n"
                 "rank 2 { // x\n"
                 "s: send 32b to 0 /* y */\n"
                 "}\n"),
    SEED("htsim", "Nodes 4\n"
                  "Connections 4\n"
                  "Triggers 2\n"
                  "0->1 id 1 start 0 size 1000 send_done_trigger 1\n"
                  "2->3 id 2 start 5000 size 2000 recv_done_trigger 2\n"
                  "1->2 id 3 trigger 1 size 3000 send_done_trigger 2\n"
                  "3->0 id 4 trigger 2 size 4000\n"
                  "trigger id 1 oneshot\n"
                  "trigger id 2 barrier count 2\n"),
    SEED("chakra",
         "\007\n\0050.0.4\n\010\001\022\002n1\030\0048\n;\010\002\022\002n2\030\007*\001\0018\005R\015\n\011is_cpu_opH\001R\015\n\011comm_"
         "typ"
         "eH\000R\016\n\011comm_sizeH\240\006M\010\003\022\002n3\030\007\"\001\002*\001\0028\007R\015\n\011is_cpu_opH\000R\015\n\011comm_"
         "typeH\000R\016\n\011comm_sizeH\240\006R\015\n\007pg_name\352\001\001g+\010\004\022\002n4\030\007*\001\0038\007R\015\n\011comm_"
         "typeH\005R\015\n\011comm_sizeH@"),
    SEED("chakra",
         "\007\n\0050.0.4&\010\001\022\002n1\030\007R\015\n\011comm_typeH\011R\015\n\011comm_sizeH\001)\010\002\022\002n2\030\007*\001\001R"
         "\015\n\011comm_typeH\003R\015\n\011comm_sizeH\014+\010\003\022\002n3\030\007\"\002\001\002R\015\n\011comm_typeH\006R\016\n"
         "\011comm_sizeH\347\007"),
    SEED("simai", "HYBRID_TRANSFORMER_FWD_IN_BCKWD model_parallel_NPU_group: 2 ep: 2 pp: 1 vpp: 1 ga: 1 all_gpus: 4 checkpoints: 0\n"
                  "2\n"
                  "a -1 1000 ALLREDUCE 2000 10 NONE 0 5 ALLREDUCE 400 1\n"
                  "b -1 2000 NONE 0 20 ALLTOALL_EP 800 7 REDUCESCATTER_DP_EP 9 1\n"),
    SEED("nccl-log",
         "h:10:1 [0] NCCL INFO comm 0x10 rank 0 nranks 2 cudaDev 0 busId 1 commId 0xaa - Init COMPLETE\n"
         "h:11:1 [1] NCCL INFO comm 0x11 rank 1 nranks 2 cudaDev 0 busId 1 commId 0xaa - Init COMPLETE\n"
         "h:10:1 [0] NCCL INFO AllReduce: opCount 0 sendbuff 0x1 recvbuff 0x2 count 100 datatype 7 op 0 root 0 comm 0x10 [nranks=2] stream "
         "0x9\n"
         "h:11:1 [1] NCCL INFO AllReduce: opCount 0 sendbuff 0x1 recvbuff 0x2 count 100 datatype 7 op 0 root 0 comm 0x11 [nranks=2] stream "
         "0x9\n"
         "h:10:1 [0] NCCL INFO Send: opCount 1 sendbuff 0x1 recvbuff 0x2 count 8 datatype 1 op 0 root 1 comm 0x10 [nranks=2] stream 0x9\n"
         "h:11:1 [1] NCCL INFO Recv: opCount 1 sendbuff 0x1 recvbuff 0x2 count 8 datatype 1 op 0 root 0 comm 0x11 [nranks=2] stream 0x9\n"),
    SEED("nccl-inspector",
         "{\"header\": {\"id\": \"0x7f\", \"rank\": 0, \"n_ranks\": 2, \"nnodes\": 1}, \"metadata\": {\"hostname\": \"h\", \"pid\": 50},\n"
         " \"coll_perf\": {\"coll\": \"AllGather\", \"coll_sn\": 7, \"coll_msg_size_bytes\": 100, \"coll_exec_time_us\": 10, "
         "\"event_trace_ts\": {\"coll_start_ts\": 7000}}}\n"
         "{\"header\": {\"id\": \"0x7f\", \"rank\": 0, \"n_ranks\": 2, \"nnodes\": 1}, \"metadata\": {\"hostname\": \"h\", \"pid\": 50},\n"
         " \"coll_perf\": {\"coll\": \"Reduce\", \"coll_sn\": 9, \"coll_msg_size_bytes\": 100, \"coll_exec_time_us\": 10, "
         "\"event_trace_ts\": {\"coll_start_ts\": 9000}}}\n"
         "{\"header\": {\"id\": \"0x7f\", \"rank\": 1, \"n_ranks\": 2, \"nnodes\": 1}, \"metadata\": {\"hostname\": \"h\", \"pid\": 51},\n"
         " \"coll_perf\": {\"coll\": \"AllGather\", \"coll_sn\": 7, \"coll_msg_size_bytes\": 100, \"coll_exec_time_us\": 10, "
         "\"event_trace_ts\": {\"coll_start_ts\": 7000}}}\n"
         "{\"header\": {\"id\": \"0x7f\", \"rank\": 1, \"n_ranks\": 2, \"nnodes\": 1}, \"metadata\": {\"hostname\": \"h\", \"pid\": 51},\n"
         " \"coll_perf\": {\"coll\": \"Reduce\", \"coll_sn\": 9, \"coll_msg_size_bytes\": 100, \"coll_exec_time_us\": 10, "
         "\"event_trace_ts\": {\"coll_start_ts\": 9000}}}\n"),
    SEED("rapidchiplet", "{\"__tuple__:[0, 2]\": 0.25, \"__tuple__:[2, 1]\": 0.1,\n"
                         " \"__tuple__:[1, 0]\": 0}\n"),
    SEED("popnet", "1.5 0 0 2 1 4\n"
                   "2.5e1 2 1 0 0 1\n"
                   "3 1 0 1 1 2\n"),
    SEED("memory", "0x0 READ 10\n"
                   "0x1000 WRITE 20\n"
                   "0x2fff P_MEM_RD 30\n"
                   "0x3000 BOFF 40\n"
                   "0x4001 IFETCH 50\n"),
    SEED("memory", "3 4096\n"
                   "1 0 8192\n"
                   "LD 0x40\n"
                   "ST 64\n"),
};

#endif
