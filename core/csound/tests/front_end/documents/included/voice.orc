opcode Voice, a, i
  icps xin
  a1 vco2 0.4, icps, 12
  xout butterlp(a1, icps * 4)
endop
