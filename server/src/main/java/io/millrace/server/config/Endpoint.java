package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;

/// A host and a port; an empty host stands for "off".
public record Endpoint(String host, int port) {
    public static final Endpoint OFF = new Endpoint("", 0);
    private static final int PORT_MAX = 65_535;

    public Endpoint {
        require(port >= 0 && port <= PORT_MAX, "a port must be 0 to 65535, it is " + port);
    }

    public boolean isOff() {
        return host.isEmpty();
    }

    /// Reads `HOST:PORT`, `[IPV6]:PORT` or nothing.
    ///
    /// @throws ConfigException naming `key` when the text is neither
    public static Endpoint parse(String key, String text) {
        if (text.isBlank()) {
            return OFF;
        }
        int colon = text.lastIndexOf(':');
        require(colon > 0, key + " must be HOST:PORT or empty, it is '" + text + "'");
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            require(port >= 0 && port <= PORT_MAX, key + ": a port must be 0 to 65535, it is " + port);
            return new Endpoint(host, port);
        } catch (NumberFormatException notANumber) {
            throw new ConfigException(key + " must be HOST:PORT or empty, it is '" + text + "'");
        }
    }

    /// Whether the host stands for every address of the machine.
    boolean isWildcard() {
        return literal().map(InetAddress::isAnyLocalAddress).orElse(false);
    }

    /// Whether a socket can not listen on both. Names are not looked up, besides `localhost`.
    boolean overlaps(Endpoint other) {
        if (isOff() || other.isOff() || port == 0 || port != other.port) {
            return false;
        }
        return host.equalsIgnoreCase(other.host)
                || literal().isPresent() && literal().equals(other.literal())
                || isWildcard() && covers(other)
                || other.isWildcard() && other.covers(this);
    }

    /// The IPv6 wildcard takes IPv4 as well; the one of IPv4 takes whatever is not written as IPv6.
    private boolean covers(Endpoint other) {
        return literal().filter(Inet6Address.class::isInstance).isPresent()
                || other.literal().filter(Inet6Address.class::isInstance).isEmpty();
    }

    /// The address when the host is written as one.
    private Optional<InetAddress> literal() {
        try {
            return Optional.of(InetAddress.ofLiteral(host.equalsIgnoreCase("localhost") ? "127.0.0.1" : host));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        if (isOff()) {
            return "";
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
