/* Membership and replication (ais-ckpt 5.11, 5.12): several nodes each, so none of them is tried here. Where a test beside the kit tries one it
 * is named; "in part" is not the case as the standard's list has it. */
#include "kit.h"

KIT_LEFT_OUT(MEM_01, "MEM-01", KIT_N, "Initialize of a B.2 client on a node that is no member: UNAVAILABLE",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library), Actors/Sessions/SessionActorTests (the host)"));
KIT_LEFT_OUT(MEM_02, "MEM-02", KIT_N, "when the node leaves the cluster every function answers UNAVAILABLE, and Finalize OK",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library), Actors/Sessions/SessionStateTests (the host)"));
KIT_LEFT_OUT(MEM_03, "MEM-03", KIT_N, "when it has come back, handles from before answer UNAVAILABLE, and Finalize OK",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library)"));
KIT_LEFT_OUT(MEM_04, "MEM-04", KIT_N, "when it has come back, a new Initialize is OK and finds the data of those that stayed",
             KIT_PARTLY_BESIDE("Processes/HostProcessSpecs (it comes back), Cluster/HostLossSpec (it is filled); not through the C library"));
KIT_LEFT_OUT(MEM_05, "MEM-05", KIT_N, "BLOCKING and poll wake for B.2 clients with UNAVAILABLE; a B.1 client stays in BLOCKING until Finalize",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library)"));
KIT_LEFT_OUT(MEM_06, "MEM-06", KIT_N, "a B.1 client is never told UNAVAILABLE, but TRY_AGAIN or TIMEOUT",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library), Actors/Sessions/SessionStateTests (the host)"));
KIT_LEFT_OUT(MEM_07, "MEM-07", KIT_N, "a pending OpenAsync ends in no callback of success with a dead handle",
             KIT_PARTLY_BESIDE("Native/RefusalTests (the library)"));
KIT_LEFT_OUT(MEM_08, "MEM-08", KIT_N | KIT_T, "retention counts from when the node of the last opener left",
             KIT_BESIDE("Cluster/HostLossSpec, Actors/Checkpoints/CheckpointViewTests"));
KIT_LEFT_OUT(MEM_09, "MEM-09", KIT_N, "split 2 to 1: the majority goes on, and no acknowledged write diverges",
             KIT_BESIDE("Cluster/HostLossSpec, Cluster/ContentSpec, Simulation/SimulationTests"));
KIT_LEFT_OUT(MEM_10, "MEM-10", KIT_N, "after the heal old handles of the minority are dead, and new ones see the data of the majority",
             KIT_PARTLY_BESIDE("Cluster/ContentSpec, Cluster/ViewSpec (replicas and hosts, not handles)"));
KIT_LEFT_OUT(MEM_11, "MEM-11", KIT_N, "split 1 to 1: at most one side acknowledges",
             KIT_PARTLY_BESIDE("Simulation/SimulationTests (cuts of all kinds)"));
KIT_LEFT_OUT(NOD_01, "NOD-01", KIT_N, "created on one node, opened on another: sections and data are there",
             KIT_BESIDE("Cluster/SessionSpecs, Cluster/ContentSpec"));
KIT_LEFT_OUT(NOD_02, "NOD-02", KIT_N, "sync: what one node has written the others read at once, 10 000 rounds",
             KIT_PARTLY_BESIDE("Cluster/SharedCheckpointSpec, Processes/FailoverSpecs (fewer rounds)"));
KIT_LEFT_OUT(NOD_03, "NOD-03", KIT_N, "async: the same",
             KIT_PARTLY_BESIDE("Cluster/KindSpec (not at once in rounds)"));
KIT_LEFT_OUT(NOD_04, "NOD-04", KIT_N, "sync, not collocated: the creator node is killed under load and no acknowledged write is lost",
             KIT_BESIDE("Processes/ServiceProcessSpecs, Processes/FailoverSpecs, Simulation/SimulationTests"));
KIT_LEFT_OUT(NOD_05, "NOD-05", KIT_N, "sync collocated: the same",
             KIT_BESIDE("Cluster/NodeLossSpec"));
KIT_LEFT_OUT(NOD_06, "NOD-06", KIT_N, "async, not collocated: the active node is killed; what is lost is among the newest, and a prefix is left",
             KIT_BESIDE("Cluster/NodeLossSpec"));
KIT_LEFT_OUT(NOD_07, "NOD-07", KIT_N, "async collocated: the active node is killed; NOT_EXIST until ActiveReplicaSet, then the last propagated data",
             KIT_BESIDE("Cluster/NodeLossSpec"));
KIT_LEFT_OUT(NOD_08, "NOD-08", KIT_N, "collocated: the node of the only opener dies: NOT_EXIST",
             KIT_BESIDE("Cluster/NodeLossSpec"));
KIT_LEFT_OUT(NOD_09, "NOD-09", KIT_N, "not collocated, opened on one node that dies: opened elsewhere within its retention it has its data",
             KIT_BESIDE("Cluster/NodeLossSpec (of NOD-25's checkpoints)"));
KIT_LEFT_OUT(NOD_10, "NOD-10", KIT_N, "a node that opens 100 MB late gets a complete replica",
             KIT_PARTLY_BESIDE("Cluster/HostLossSpec, Cluster/ContentSpec (less data), Actors/Content/FillTests"));
KIT_LEFT_OUT(NOD_11, "NOD-11", KIT_N, "writes while a replica is filled are neither lost nor doubled there",
             KIT_BESIDE("Cluster/HostLossSpec, Actors/Content/FillTests"));
KIT_LEFT_OUT(NOD_12, "NOD-12", KIT_N, "a sync write while one replica hangs: OK after its removal, or TIMEOUT, and it is never stale and readable",
             KIT_PARTLY_BESIDE("Processes/HostProcessSpecs (it is left out), Simulation/SimulationTests (pauses)"));
KIT_LEFT_OUT(NOD_13, "NOD-13", KIT_N, "a sync write that was told TRY_AGAIN has changed nothing",
             KIT_BESIDE("Cluster/ContentSpec, Simulation/SimulationTests"));
KIT_LEFT_OUT(NOD_14, "NOD-14", KIT_N, "no memory on one replica: NO_MEMORY or NO_RESOURCES, and nothing is changed anywhere",
             KIT_BESIDE("Cluster/FaultSpec, Processes/FaultProcessSpecs"));
KIT_LEFT_OUT(NOD_15, "NOD-15", KIT_N, "after a write that ended in TIMEOUT all replicas are equal, old or new",
             KIT_BESIDE("Simulation/SimulationTests"));
KIT_LEFT_OUT(NOD_16, "NOD-16", KIT_N, "the coordinator is killed in storms of Open, Close, Unlink and retention: counts stay right",
             KIT_PARTLY_BESIDE("Actors/Checkpoints/CheckpointHistoryTests, Actors/Checkpoints/CheckpointViewTests (no storm on real nodes)"));
KIT_LEFT_OUT(NOD_17, "NOD-17", KIT_N | KIT_T, "the node of one opener dies, another closes later: retention counts from the later",
             KIT_BESIDE("Actors/Checkpoints/CheckpointRulesTests"));
KIT_LEFT_OUT(NOD_18, "NOD-18", KIT_N | KIT_T, "the coordinator dies during retention: it ends in time plus the fail-over",
             KIT_PARTLY_BESIDE("Cluster/HostLossSpec"));
KIT_LEFT_OUT(NOD_19, "NOD-19", KIT_N, "created on two nodes at once with differing attributes: one OK, one EXIST",
             KIT_BESIDE("Cluster/SharedCheckpointSpec"));
KIT_LEFT_OUT(NOD_20, "NOD-20", KIT_N, "unlinked on one node, open on another, created on a third: separate checkpoints",
             KIT_BESIDE("Cluster/SharedCheckpointSpec"));
KIT_LEFT_OUT(NOD_21, "NOD-21", KIT_N, "the same section id created on two nodes, 1000 rounds: one OK, one EXIST",
             KIT_BESIDE("Cluster/SharedCheckpointSpec"));
KIT_LEFT_OUT(NOD_22, "NOD-22", KIT_N, "a rolling restart keeps the data of checkpoints that are not collocated",
             KIT_PARTLY_BESIDE("Processes/ServiceProcessSpecs (one host leaves), Cluster/HostLossSpec (another is filled)"));
KIT_LEFT_OUT(NOD_23, "NOD-23", KIT_N, "when all nodes have stopped the data is gone",
             KIT_BESIDE("Processes/ServiceProcessSpecs"));
KIT_LEFT_OUT(NOD_24, "NOD-24", KIT_N | KIT_T, "collocated: the last opener of a node without the active replica closes; the others are unaffected",
             KIT_PARTLY_BESIDE("Cluster/SharedCheckpointSpec (not the memory)"));
KIT_LEFT_OUT(NOD_25, "NOD-25", KIT_N, "500 checkpoints, a node is killed: all usable again in bounded time",
             KIT_BESIDE("Cluster/NodeLossSpec"));
KIT_LEFT_OUT(NOD_26, "NOD-26", KIT_N, "2000 replicas on a node",
             KIT_PARTLY_BESIDE("Cluster/GrowthSpec (5,000, one after the other)"));
KIT_LEFT_OUT(NOD_27, "NOD-27", KIT_N, "the active node dies within a Write: all elements or none",
             KIT_BESIDE("Simulation/SimulationTests"));
KIT_LEFT_OUT(NOD_28, "NOD-28", KIT_N, "generated ids around a switch: no duplicates",
             KIT_BESIDE("Cluster/NodeLossSpec, Processes/FailoverSpecs"));
KIT_LEFT_OUT(NOD_29, "NOD-29", KIT_N | KIT_T, "clocks 5 s apart: all nodes decide alike whether a section has expired",
             KIT_BESIDE("Processes/FaultProcessSpecs, Actors/Replication/HostMachineTests"));
KIT_LEFT_OUT(NOD_30, "NOD-30", KIT_N, "slow replica, fast writer: bounded memory",
             KIT_PARTLY_BESIDE("Actors/Replication/LinkTests (the queue)"));
KIT_LEFT_OUT(NOD_31, "NOD-31", KIT_N, "one writer writes s1, then s2, the active node is killed: s1 is never behind s2, whatever the kind",
             KIT_BESIDE("Cluster/NodeLossSpec, Simulation/SimulationTests"));
KIT_LEFT_OUT(NOD_32, "NOD-32", KIT_N, "async collocated: the active node is killed, a third node opens and sets active: the most advanced data that is left",
             KIT_PARTLY_BESIDE("Cluster/NodeLossSpec (what was synchronized)"));
