package io.millrace.amqp.session;

/// The port to how many connections and channels users and virtual hosts have open in the cluster, which their limits
/// are for. May be called from any loop.
public interface Occupancy {
    /// Takes a place, unless `most` or more are taken.
    ///
    /// @return whether it was taken; it is to be left then
    boolean enter(Place place, long most);

    void leave(Place place);

    /// Of what there is a number.
    sealed interface Place {
        record VhostConnection(String vhost) implements Place {}

        record UserConnection(String user) implements Place {}

        record UserChannel(String user) implements Place {}
    }
}
