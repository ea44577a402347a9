#include <coropq/credentials.hpp>
#include <coropq/error.hpp>

#include <iostream>

int main() {
    const coropq::secret token("swordfish");
    std::cout << token << '\n';
}
