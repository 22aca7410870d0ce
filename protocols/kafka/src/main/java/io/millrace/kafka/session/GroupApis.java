package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.group.Groups;
import io.millrace.kafka.session.Api.Order;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.SyncGroupRequest;

/// The group APIs of one loop, for [KafkaPorts#groupApis()].
///
/// Commits and heartbeats may overlap: their effects happen in request order, because they go through the same mailbox.
public final class GroupApis {
    private GroupApis() {}

    /// @param groups answers on the loop whose sessions use these APIs
    public static List<Api<?>> of(Groups groups, CatalogSource catalog) {
        HandleOffsetCommit commit = new HandleOffsetCommit(groups, catalog);
        HandleHeartbeat heartbeat = new HandleHeartbeat(groups);
        HandleFindCoordinator find = new HandleFindCoordinator(groups, catalog);
        return List.of(
                Api.of(ApiKeys.OFFSET_COMMIT, 2, 10, OffsetCommitRequest.class, commit)
                        .ordered(Order.OVERLAPPING),
                Api.of(ApiKeys.OFFSET_FETCH, 1, 10, OffsetFetchRequest.class, new HandleOffsetFetch(groups, catalog)),
                Api.of(ApiKeys.FIND_COORDINATOR, 0, 6, FindCoordinatorRequest.class, find),
                Api.of(ApiKeys.JOIN_GROUP, 0, 9, JoinGroupRequest.class, new HandleJoinGroup(groups)),
                Api.of(ApiKeys.HEARTBEAT, 0, 4, HeartbeatRequest.class, heartbeat)
                        .ordered(Order.OVERLAPPING),
                Api.of(ApiKeys.LEAVE_GROUP, 0, 5, LeaveGroupRequest.class, new HandleLeaveGroup(groups)),
                Api.of(ApiKeys.SYNC_GROUP, 0, 5, SyncGroupRequest.class, new HandleSyncGroup(groups)),
                Api.of(ApiKeys.DESCRIBE_GROUPS, 0, 6, DescribeGroupsRequest.class, new HandleDescribeGroups(groups)),
                Api.of(ApiKeys.LIST_GROUPS, 0, 5, ListGroupsRequest.class, new HandleListGroups(groups)),
                Api.of(ApiKeys.DELETE_GROUPS, 0, 3, DeleteGroupsRequest.class, new HandleDeleteGroups(groups)),
                Api.of(
                        ApiKeys.OFFSET_DELETE,
                        0,
                        0,
                        OffsetDeleteRequest.class,
                        new HandleOffsetDelete(groups, catalog)));
    }
}
