// One netlink socket to nf_tables, by libmnl. A transaction is one datagram: begin, what is to be done, end;
// the kernel does all of it at one moment or nothing.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "lib/netlink/nft_codec.h"

struct mnl_socket;

namespace hawser::nl {

class NftSocket {
 public:
  // Belongs to the network namespace of the thread. EPROTONOSUPPORT: this kernel has no netlink of netfilter.
  static Result<NftSocket> open();

  // Also as a listener: what happens after it is not missed.
  Status join();
  // Never waits; false: there is none now. ENOBUFS: some are lost.
  Result<bool> receive_now(Bytes& datagram) const;

  // The error's code is that of the first that was refused, and its text empty.
  Status commit(const std::vector<NftMessage>& messages);
  // All messages of the answer.
  Status ask(const NftMessage& question, const std::function<Status(ByteView)>& visit);

  [[nodiscard]] int fd() const;

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  explicit NftSocket(mnl_socket* socket) : socket_(socket) {}
  Status send(const Bytes& datagram);
  Result<Bytes> receive();
  Status ask_once(const NftMessage& question, const std::function<Status(ByteView)>& visit, bool& torn);
  Status answers(std::uint32_t first, std::uint32_t last);

  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t number_ = 0;
};

// A transaction as a datagram, its messages numbered from `first` on: only the last one is acknowledged, and
// whatever is refused is told in any case. Pure.
Bytes transaction(const std::vector<NftMessage>& messages, std::uint32_t first);

// Calls `visit` for each message of a datagram, until it refuses one.
Status each_message(ByteView datagram, const std::function<Status(ByteView)>& visit);

}  // namespace hawser::nl
