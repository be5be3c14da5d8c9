// An 8-bit counter with a comparator, for Yosys to synthesise; see run.sh.
module counter(input clk, input reset, input [7:0] limit, output reg [7:0] count, output full);
  assign full = count == limit;
  always @(posedge clk)
    if (reset) count <= 0;
    else if (!full) count <= count + 1;
endmodule
