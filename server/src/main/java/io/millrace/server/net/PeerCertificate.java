package io.millrace.server.net;

import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Who a TLS client says it is, by a certificate that was verified.
final class PeerCertificate {
    private PeerCertificate() {}

    /// The subject's common name; empty when the client has shown no certificate, or one without.
    static String commonName(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate shown
                    ? commonName(shown.getSubjectX500Principal().getName())
                    : "";
        } catch (SSLPeerUnverifiedException none) {
            return "";
        }
    }

    /// @param distinguishedName as RFC 2253 writes it
    static String commonName(String distinguishedName) {
        try {
            for (Rdn part : new LdapName(distinguishedName).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
                    return name;
                }
            }
            return "";
        } catch (InvalidNameException unreadable) {
            return "";
        }
    }
}
