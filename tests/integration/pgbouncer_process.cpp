// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include "pgbouncer_process.hpp"

#include "support/wait_until.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace coropq::test {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "coropq-pgbouncer-XXXXXX").string();
    if (!mkdtemp(pattern.data()))
        throw std::runtime_error("no temporary folder for PgBouncer");
    return pattern;
}

std::uint16_t free_port() {
    asio::io_context context;
    return tcp::acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)).local_endpoint().port();
}

bool accepts(std::uint16_t port) {
    asio::io_context context;
    boost::system::error_code code;
    tcp::socket(context).connect(tcp::endpoint(asio::ip::address_v4::loopback(), port), code);
    return !code;
}

} // namespace

pgbouncer::pgbouncer(postgres_cluster& behind, const std::string& settings)
    : folder_(make_folder()), port_(free_port()) {
    const std::string file = folder_ + "/pgbouncer.ini";
    std::ofstream(folder_ + "/users.txt") << '"' << behind.app_user() << "\" \"" << behind.app_password() << "\"\n";
    std::ofstream(file) << "[databases]\n"
                        << behind.app_database() << " = host=127.0.0.1 port=" << behind.port()
                        << "\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " << port_
                        << "\nunix_socket_dir =\nauth_type = scram-sha-256\nauth_file = " << folder_
                        << "/users.txt\nlogfile = " << folder_
                        << "/log\npool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 200\n"
                        << settings << '\n';
    const passwd* const user = geteuid() == 0 ? getpwnam("postgres") : nullptr;
    if (user) {
        for (const std::string& each : {folder_, folder_ + "/users.txt", file}) {
            if (chown(each.c_str(), user->pw_uid, user->pw_gid) != 0)
                throw std::runtime_error("PgBouncer's files can't be given to postgres");
        }
    }
    const pid_t parent = getpid();
    process_ = fork();
    if (process_ == 0) {
        if (user &&
            (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
            _exit(126);
        prctl(PR_SET_PDEATHSIG, SIGKILL); // behind the change of user, which forgets it
        if (getppid() != parent)
            _exit(0);
        setenv("PATH", "/usr/sbin:/usr/local/sbin:/usr/bin:/bin", 1);
        execlp("pgbouncer", "pgbouncer", "-q", file.c_str(), nullptr);
        _exit(127);
    }
    int status = 0;
    const bool ready = wait_until([&] { return waitpid(process_, &status, WNOHANG) == process_ || accepts(port_); });
    if (ready && accepts(port_))
        return;
    std::ostringstream log;
    log << std::ifstream(folder_ + "/log").rdbuf();
    std::filesystem::remove_all(folder_);
    throw std::runtime_error("PgBouncer doesn't start (scripts/install-dependencies.sh --with-tests installs it): " +
                             log.str());
}

pgbouncer::~pgbouncer() {
    kill(process_, SIGTERM); // which ends it at once
    waitpid(process_, nullptr, 0);
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

} // namespace coropq::test
