/// The one class of ours that has to be in the engine's own package: [PooledRaftClient] says why.
@NullMarked
package org.apache.kafka.raft;

import org.jspecify.annotations.NullMarked;
